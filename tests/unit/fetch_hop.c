/* Addresses, where redirects lead from them, and the proxy on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "fetch/hop.h"
#include "fetch/proxy.h"

struct fixture {
	struct arena arena;
	struct hop hop, next;
};

static int set_up(void **state)
{
	static struct fixture f;

	f = (struct fixture){0};
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	hop_release(&f->hop);
	hop_release(&f->next);
	arena_release(&f->arena);
	return 0;
}

static const char *first(struct fixture *f, const char *url)
{
	hop_release(&f->hop);
	return hop_first(&f->hop, url, true, &f->arena);
}

static const char *next(struct fixture *f, const char *location)
{
	hop_release(&f->next);
	return hop_next(&f->next, &f->hop, location, true, &f->arena);
}

static void an_address_is_taken_apart(void **state)
{
	struct fixture *f = *state;

	assert_null(first(f, "HTTPS://Decks.Example.org/a/../b c.md?x=1#key=RWQ"));
	assert_string_equal(f->hop.url, "https://Decks.Example.org/b%20c.md?x=1");
	assert_string_equal(f->hop.scheme, "https");
	assert_string_equal(f->hop.host, "Decks.Example.org");
	assert_string_equal(f->hop.port, "443");
	assert_false(f->hop.loopback);
	assert_null(first(f, "http://[::1]:8080"));
	assert_string_equal(f->hop.url, "http://[::1]:8080/");
	assert_string_equal(f->hop.host, "::1");
	assert_string_equal(f->hop.port, "8080");
	assert_true(f->hop.loopback);
}

static void numbers_of_any_kind_are_seen_as_the_address_that_they_mean(void **state)
{
	static const char *const hosts[] = {"127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1"};
	struct fixture *f = *state;
	char url[64];

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		snprintf(url, sizeof(url), "http://%s/", hosts[i]);
		assert_null(first(f, url));
		assert_string_equal(f->hop.host, "127.0.0.1");
		assert_true(f->hop.loopback);
	}
}

static void plain_http_is_for_loopback_and_for_who_asks_for_it(void **state)
{
	struct fixture *f = *state;

	assert_null(hop_first(&f->hop, "http://localhost/", false, &f->arena));
	hop_release(&f->hop);
	assert_null(hop_first(&f->hop, "http://127.3.2.1/", false, &f->arena));
	hop_release(&f->hop);
	assert_non_null(hop_first(&f->hop, "http://10.0.0.1/", false, &f->arena));
	hop_release(&f->hop);
	assert_non_null(hop_first(&f->hop, "http://localhost.example.org/", false, &f->arena));
}

static void a_redirect_is_relative_to_where_it_stood(void **state)
{
	static const char *const wanted[][2] = {
		{"c.md", "https://example.org/a/c.md"},
		{"/c.md", "https://example.org/c.md"},
		{"../../../c.md", "https://example.org/c.md"},
		{"?y=2", "https://example.org/a/b?y=2"},
		{"//other.example/c", "https://other.example/c"},
		{"https://other.example", "https://other.example/"},
		{"c\xc3\xa9.md#x", "https://example.org/a/c%c3%a9.md"},
	};
	struct fixture *f = *state;

	assert_null(first(f, "https://example.org/a/b?x=1"));
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		assert_null(next(f, wanted[i][0]));
		assert_string_equal(f->next.url, wanted[i][1]);
	}
}

static void a_redirect_never_leads_from_https_to_http(void **state)
{
	struct fixture *f = *state;

	assert_null(first(f, "https://example.org/"));
	assert_string_equal(next(f, "http://example.org/"),
			    "a redirect from https to http is refused");
	assert_null(first(f, "http://example.org/"));
	assert_null(next(f, "https://example.org/"));
	assert_null(next(f, "http://other.example/"));
}

static void an_origin_is_scheme_host_and_port(void **state)
{
	static const char *const others[] = {"https://example.org:8443/",
					     "https://www.example.org/", "https://example.org./",
					     "//example.com/"};
	struct fixture *f = *state;

	assert_null(first(f, "https://example.org/a"));
	assert_null(next(f, "https://EXAMPLE.org:443/b"));
	assert_true(hop_same_origin(&f->hop, &f->next));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_null(next(f, others[i]));
		assert_false(hop_same_origin(&f->hop, &f->next));
	}
	assert_null(first(f, "http://example.org:443/"));
	assert_null(next(f, "https://example.org/"));
	assert_false(hop_same_origin(&f->hop, &f->next));
}

static const char *proxy(struct fixture *f, const struct proxies *proxies, const char *url)
{
	assert_null(first(f, url));
	return proxy_for(proxies, &f->hop);
}

static void each_scheme_has_its_proxy_and_one_is_for_all(void **state)
{
	const struct proxies both = {.http = "h:1", .https = "s:2", .all = "a:3"};
	const struct proxies all = {.all = "a:3"}, none = {.none = "*"};

	assert_string_equal(proxy(*state, &both, "http://example.org/"), "h:1");
	assert_string_equal(proxy(*state, &both, "https://example.org/"), "s:2");
	assert_string_equal(proxy(*state, &all, "http://example.org/"), "a:3");
	assert_string_equal(proxy(*state, &none, "https://example.org/"), "");
	assert_string_equal(proxy(*state, &both, "https://localhost/"), "");
}

static void no_proxy_names_hosts_domains_addresses_and_networks(void **state)
{
	static const char *const direct[][2] = {
		{"*", "example.org"},
		{"example.org", "example.org"},
		{"EXAMPLE.ORG", "www.Example.org"},
		{".example.org", "www.example.org"},
		{".example.org", "example.org"},
		{"example.org.", "example.org"},
		{"a, ,\texample.org,b", "example.org"},
		{"a example.org", "example.org"},
		{"10.0.0.0/8", "10.1.2.3"},
		{"10.1.2.3", "10.1.2.3"},
		{"2001:db8::/32", "[2001:db8::1]"},
	};
	static const char *const proxied[][2] = {
		{"", "example.org"},	      {"example", "example.org"},
		{"ample.org", "example.org"}, {"www.example.org", "example.org"},
		{".", "example.org"},	      {"*.org", "example.org"},
		{"10.0.0.0/8", "11.1.2.3"},   {"3", "10.1.2.3"},
		{"2.3", "10.1.2.3"},	      {",", "example.org"},
	};
	struct proxies proxies = {.all = "a:3"};
	char url[64];

	for (size_t i = 0; i < sizeof(direct) / sizeof(direct[0]); i++) {
		snprintf(url, sizeof(url), "https://%s/", direct[i][1]);
		proxies.none = direct[i][0];
		assert_string_equal(proxy(*state, &proxies, url), "");
	}
	for (size_t i = 0; i < sizeof(proxied) / sizeof(proxied[0]); i++) {
		snprintf(url, sizeof(url), "https://%s/", proxied[i][1]);
		proxies.none = proxied[i][0];
		assert_string_equal(proxy(*state, &proxies, url), "a:3");
	}
}

static void a_proxy_is_named_without_its_user(void **state)
{
	struct fixture *f = *state;

	assert_null(proxy_name("", &f->arena));
	assert_string_equal(proxy_name("proxy.example:3128", &f->arena), "proxy.example:3128");
	assert_string_equal(proxy_name("http://me:word@proxy.example:3128/", &f->arena),
			    "proxy.example:3128");
	assert_string_equal(proxy_name("socks5h://proxy.example", &f->arena), "proxy.example:1080");
	assert_string_equal(proxy_name("http://[::1]:3128", &f->arena), "[::1]:3128");
	assert_string_equal(proxy_name("http://me:word@", &f->arena), "a proxy");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(an_address_is_taken_apart),
		TEST(numbers_of_any_kind_are_seen_as_the_address_that_they_mean),
		TEST(plain_http_is_for_loopback_and_for_who_asks_for_it),
		TEST(a_redirect_is_relative_to_where_it_stood),
		TEST(a_redirect_never_leads_from_https_to_http),
		TEST(an_origin_is_scheme_host_and_port),
		TEST(each_scheme_has_its_proxy_and_one_is_for_all),
		TEST(no_proxy_names_hosts_domains_addresses_and_networks),
		TEST(a_proxy_is_named_without_its_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
