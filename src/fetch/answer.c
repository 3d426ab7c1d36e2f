#include "fetch/answer.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/str.h"
#include "wire/message.h"
#include "wire/validator.h"

#define TYPE_MAX 127
#define RETRY_MAX 31536000 /* seconds; whoever asks for more than a year means it */

/* The only header of that name; NULL when there is none, or more than one. */
static const char *only(CURL *easy, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK ||
	    header->amount != 1)
		return NULL;
	return header->value;
}

static size_t count(CURL *easy, const char *name)
{
	struct curl_header *header;

	if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
		return 0;
	return header->amount;
}

const char *answer_etag(CURL *easy, struct arena *arena)
{
	const char *value = only(easy, "ETag");

	return etag_is_valid(value) ? arena_str(arena, value) : NULL;
}

const char *answer_modified(CURL *easy, struct arena *arena)
{
	const char *value = only(easy, "Last-Modified");

	return http_date_is_valid(value) ? arena_str(arena, value) : NULL;
}

const char *answer_type(CURL *easy, struct arena *arena)
{
	const char *value = only(easy, "Content-Type");

	if (!value || strlen(value) > TYPE_MAX)
		return NULL;
	for (const char *p = value; *p; p++)
		if (*p < ' ' || *p > '~')
			return NULL;
	return arena_str(arena, value);
}

const char *answer_location(CURL *easy, struct arena *arena)
{
	return arena_str(arena, only(easy, "Location"));
}

int64_t answer_retry_after(CURL *easy)
{
	const char *value = only(easy, "Retry-After");
	int64_t seconds = 0;

	if (!value || !*value)
		return -1;
	if (http_date_is_valid(value)) {
		time_t date = curl_getdate(value, NULL), now = time(NULL);

		return date == -1 ? -1 : date > now ? (int64_t)(date - now) : 0;
	}
	for (; *value; value++) {
		if (*value < '0' || *value > '9')
			return -1;
		if (seconds < RETRY_MAX)
			seconds = seconds * 10 + (*value - '0');
	}
	return seconds < RETRY_MAX ? seconds : RETRY_MAX;
}

static bool is_gzip(const char *encoding)
{
	return encoding &&
	       (strcasecmp(encoding, "gzip") == 0 || strcasecmp(encoding, "x-gzip") == 0);
}

static bool is_plain(CURL *easy)
{
	const char *encoding = only(easy, "Content-Encoding");

	return count(easy, "Content-Encoding") == 0 ||
	       (encoding && strcasecmp(encoding, "identity") == 0);
}

bool answer_is_multiplexed(CURL *easy)
{
	long version = 0;

	curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
	return version >= CURL_HTTP_VERSION_2_0;
}

static bool has_known_end(CURL *easy)
{
	return answer_is_multiplexed(easy) || only(easy, "Content-Length") ||
	       only(easy, "Transfer-Encoding");
}

const char *answer_refusal(CURL *easy, bool unchecked)
{
	const char *transfer = only(easy, "Transfer-Encoding");

	if (count(easy, "Transfer-Encoding") && (!transfer || strcasecmp(transfer, "chunked") != 0))
		return "the server sends a transfer encoding that nobody asked for";
	if (count(easy, "Content-Length") > 1)
		return "the server says more than once how long the file is";
	if (!is_plain(easy) && (unchecked || !is_gzip(only(easy, "Content-Encoding"))))
		return "the server sends an encoding that nobody asked for";
	if (unchecked && !has_known_end(easy))
		return "the server does not say how long the file is, and nothing signs it: nobody "
		       "could tell whether it is whole";
	return NULL;
}
