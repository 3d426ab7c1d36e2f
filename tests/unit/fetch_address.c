/* Which addresses a server may not send viva to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <cmocka.h>

#include "fetch/address.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void special_addresses_are_private(void **state)
{
	static const char *const private[] = {
		"0.0.0.0",
		"0.1.2.3",
		"10.0.0.0",
		"10.255.255.255",
		"100.64.0.0",
		"100.127.255.255",
		"127.0.0.1",
		"127.255.255.255",
		"169.254.0.0",
		"169.254.169.254",
		"172.16.0.0",
		"172.31.255.255",
		"192.0.0.1",
		"192.168.0.0",
		"192.168.255.255",
		"198.18.0.0",
		"198.19.255.255",
		"224.0.0.1",
		"239.255.255.255",
		"240.0.0.1",
		"255.255.255.255",
		"::",
		"::1",
		"fc00::",
		"fdff::1",
		"fe80::1",
		"febf::1",
		"fec0::1",
		"ff02::1",
		"::ffff:10.0.0.1",
		"::ffff:127.0.0.1",
		"::127.0.0.1",
		"::10.0.0.1",
		"2002:7f00:1::",
		"2002:c0a8:101::1",
		"64:ff9b::7f00:1",
		"64:ff9b::a00:1",
		"64:ff9b:1::a00:1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(private); i++)
		if (!address_is_valid(private[i]) || !address_is_private(private[i]))
			fail_msg("public: %s", private[i]);
}

static void other_addresses_are_public(void **state)
{
	static const char *const public[] = {
		"1.1.1.1",	  "9.255.255.255",    "11.0.0.0",   "100.63.255.255",
		"100.128.0.0",	  "126.255.255.255",  "128.0.0.0",  "169.253.255.255",
		"169.255.0.0",	  "172.15.255.255",   "172.32.0.0", "192.167.255.255",
		"192.169.0.0",	  "198.17.255.255",   "198.20.0.0", "223.255.255.255",
		"2606:4700::1",	  "2001:4860::8888",  "fbff::1",    "::ffff:1.1.1.1",
		"2002:101:101::", "64:ff9b::101:101",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(public); i++)
		if (!address_is_valid(public[i]) || address_is_private(public[i]))
			fail_msg("private: %s", public[i]);
}

static void what_is_no_address_is_private_and_no_loopback(void **state)
{
	static const char *const bad[] = {"",	       "example.org",  "1.2.3",
					  "1.2.3.4.5", "01.2.3.4",     "1.2.3.4 ",
					  "[::1]",     "fe80::1%eth0", "::1::"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_false(address_is_valid(bad[i]));
		assert_true(address_is_private(bad[i]));
		assert_false(address_is_loopback(bad[i]));
	}
}

static void loopback_is_this_machine_only(void **state)
{
	(void)state;
	assert_true(address_is_loopback("127.0.0.1"));
	assert_true(address_is_loopback("127.9.9.9"));
	assert_true(address_is_loopback("::1"));
	assert_true(address_is_loopback("::ffff:127.0.0.1"));
	assert_false(address_is_loopback("128.0.0.1"));
	assert_false(address_is_loopback("10.0.0.1"));
	assert_false(address_is_loopback("::2"));
	assert_false(address_is_loopback("0.0.0.0"));
}

static void an_address_of_the_system_is_written_as_text(void **state)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	struct sockaddr other = {.sa_family = AF_UNIX};
	char text[ADDRESS_SIZE];

	(void)state;
	inet_pton(AF_INET, "169.254.169.254", &v4.sin_addr);
	address_write((const struct sockaddr *)&v4, text);
	assert_string_equal(text, "169.254.169.254");
	inet_pton(AF_INET6, "fe80::1", &v6.sin6_addr);
	address_write((const struct sockaddr *)&v6, text);
	assert_string_equal(text, "fe80::1");
	address_write(&other, text);
	assert_string_equal(text, "");
}

static void networks_are_an_address_and_a_number_of_bits(void **state)
{
	(void)state;
	assert_true(address_in_network("10.1.2.3", "10.0.0.0/8"));
	assert_true(address_in_network("10.1.2.3", "10.1.2.3"));
	assert_true(address_in_network("10.1.2.3", "0.0.0.0/0"));
	assert_true(address_in_network("10.1.2.3", "10.1.2.2/31"));
	assert_true(address_in_network("2001:db8::1", "2001:db8::/32"));
	assert_false(address_in_network("11.1.2.3", "10.0.0.0/8"));
	assert_false(address_in_network("10.1.2.4", "10.1.2.3"));
	assert_false(address_in_network("10.1.2.4", "10.1.2.2/31"));
	assert_false(address_in_network("10.1.2.3", "10.0.0.0/33"));
	assert_false(address_in_network("10.1.2.3", "10.0.0.0/"));
	assert_false(address_in_network("10.1.2.3", "10.0.0.0/-1"));
	assert_false(address_in_network("10.1.2.3", "10/8"));
	assert_false(address_in_network("10.1.2.3", "::/0x"));
	assert_false(address_in_network("2001:db8::1", "10.0.0.0/8"));
	assert_false(address_in_network("example.org", "0.0.0.0/0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(special_addresses_are_private),
		cmocka_unit_test(other_addresses_are_public),
		cmocka_unit_test(what_is_no_address_is_private_and_no_loopback),
		cmocka_unit_test(loopback_is_this_machine_only),
		cmocka_unit_test(an_address_of_the_system_is_written_as_text),
		cmocka_unit_test(networks_are_an_address_and_a_number_of_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
