/* IP addresses that only a user may point viva at, never a server by a redirect. */
#ifndef FETCH_ADDRESS_H
#define FETCH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

struct sockaddr;

#define ADDRESS_SIZE 46 /* bytes of an address as text, its NUL included */

/* Writes an IPv4 or IPv6 address; "" for one of another family. */
void address_write(const struct sockaddr *address, char out[ADDRESS_SIZE]);

/* Whether text is an IPv4 or IPv6 address, without brackets. */
bool address_is_valid(const char *text);

/* False for text that is no address. */
bool address_is_loopback(const char *text);

/*
 * Loopback, private, link-local and other special networks of IPv4 and IPv6 (IANA's registries of
 * special-purpose addresses), IPv6 forms of such IPv4 addresses too. True for text that is no
 * address.
 */
bool address_is_private(const char *text);

/* Whether the address is in the network `cidr`: "10.0.0.0/8", or an address alone. */
bool address_in_network(const char *text, const char *cidr);

#endif
