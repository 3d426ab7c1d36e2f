#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/str.h"

/* 16 bytes of IPv6; an IPv4 address is mapped into ::ffff:0:0/96. */
struct address {
	unsigned char bytes[16];
};

_Static_assert(ADDRESS_SIZE == INET6_ADDRSTRLEN, "the size of the system's own buffers");

struct network {
	struct address start;
	int bits;
};

#define V4_BITS 96 /* in front of a mapped IPv4 address */
#define V4(a, b, c, d, bits) \
	{ \
		{{[10] = 0xff, 0xff, a, b, c, d}}, V4_BITS + (bits) \
	}
#define V6(a, b, c, d, bits) \
	{ \
		{{a, b, c, d}}, bits \
	}

static const struct network loopback[] = {V4(127, 0, 0, 0, 8), {{{[15] = 1}}, 128}};

static const struct network special[] = {
	V4(0, 0, 0, 0, 8),	 V4(10, 0, 0, 0, 8),	V4(100, 64, 0, 0, 10),
	V4(169, 254, 0, 0, 16),	 V4(172, 16, 0, 0, 12), V4(192, 0, 0, 0, 24),
	V4(192, 168, 0, 0, 16),	 V4(198, 18, 0, 0, 15), V4(224, 0, 0, 0, 3),
	V6(0xfc, 0, 0, 0, 7),	 /* unique local */
	V6(0xfe, 0x80, 0, 0, 9), /* link-local and site-local */
	V6(0xff, 0, 0, 0, 8),	 /* multicast */
};

/* Networks in which an IPv4 address hides behind so many bits. */
static const struct {
	struct network network;
	size_t v4_at; /* byte */
} embedding[] = {
	{{{{0}}, 96}, 12},			   /* IPv4-compatible; :: and ::1 too */
	{V6(0x20, 0x02, 0, 0, 16), 2},		   /* 6to4 */
	{V6(0x00, 0x64, 0xff, 0x9b, 96), 12},	   /* NAT64 */
	{{{{0, 0x64, 0xff, 0x9b, 0, 1}}, 48}, 12}, /* NAT64, local use */
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool in_network(const struct address *a, const struct network *n)
{
	int whole = n->bits / 8, rest = n->bits % 8;
	int mask = 0xff << (8 - rest) & 0xff;

	return memcmp(a->bytes, n->start.bytes, (size_t)whole) == 0 &&
	       (rest == 0 || ((a->bytes[whole] ^ n->start.bytes[whole]) & mask) == 0);
}

static bool in_any(const struct address *a, const struct network *networks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (in_network(a, &networks[i]))
			return true;
	return false;
}

static struct address map_v4(const void *bytes)
{
	struct address a = {{[10] = 0xff, 0xff}};

	memcpy(a.bytes + 12, bytes, 4);
	return a;
}

static bool is_loopback(const struct address *a)
{
	return in_any(a, loopback, COUNT(loopback));
}

static bool is_special(const struct address *a)
{
	return is_loopback(a) || in_any(a, special, COUNT(special));
}

static bool is_private(const struct address *a)
{
	if (is_special(a))
		return true;
	for (size_t i = 0; i < COUNT(embedding); i++) {
		struct address v4 = map_v4(a->bytes + embedding[i].v4_at);

		if (in_network(a, &embedding[i].network) && is_special(&v4))
			return true;
	}
	return false;
}

static bool parse(const char *text, struct address *out)
{
	unsigned char v4[4];

	if (inet_pton(AF_INET, text, v4) == 1) {
		*out = map_v4(v4);
		return true;
	}
	return inet_pton(AF_INET6, text, out->bytes) == 1;
}

void address_write(const struct sockaddr *address, char out[ADDRESS_SIZE])
{
	const void *bytes = NULL;

	if (address->sa_family == AF_INET)
		bytes = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
	else if (address->sa_family == AF_INET6)
		bytes = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	if (!bytes || !inet_ntop(address->sa_family, bytes, out, ADDRESS_SIZE))
		out[0] = '\0';
}

bool address_is_valid(const char *text)
{
	struct address a;

	return parse(text, &a);
}

bool address_is_loopback(const char *text)
{
	struct address a;

	return parse(text, &a) && is_loopback(&a);
}

bool address_is_private(const char *text)
{
	struct address a;

	return !parse(text, &a) || is_private(&a);
}

bool address_in_network(const char *text, const char *cidr)
{
	char start[ADDRESS_SIZE];
	const char *slash = strchr(cidr, '/');
	size_t len = slash ? (size_t)(slash - cidr) : strlen(cidr);
	struct network n;
	struct address a;
	int family_bits, bits;

	if (len >= sizeof(start))
		return false;
	memcpy(start, cidr, len);
	start[len] = '\0';
	if (!parse(text, &a) || !parse(start, &n.start))
		return false;
	family_bits = strchr(start, ':') ? 128 : 32;
	bits = family_bits;
	if (slash && !str_to_int(slash + 1, 0, family_bits, &bits))
		return false;
	n.bits = 128 - family_bits + bits;
	return in_network(&a, &n);
}
