/* The command table agrees with itself: usage lines, options, limits and what completion reads. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "cmd/candidate.h"
#include "cmd/cmd.h"

static size_t option_count(const struct cmd *cmd)
{
	size_t count = 0;

	while (count < ARGS_OPTIONS_MAX && cmd->options[count].name)
		count++;
	return count;
}

static void assert_known(const struct cmd *cmd, const char *word, size_t len)
{
	if (!candidate_knows(word, len))
		fail_msg("%s: completion knows no '%.*s' (src/cmd/candidate.c)", cmd->name,
			 (int)len, word);
}

static void completion_knows_each_word_in_capitals(void **state)
{
	(void)state;
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct cmd *cmd = cmd_table[i];

		for (const char *s = cmd->usage; *s; s++) {
			size_t len = 0;

			while (isupper((unsigned char)s[len]))
				len++;
			if (!len)
				continue;
			assert_known(cmd, s, len);
			s += len - 1;
		}
		for (size_t o = 0; o < option_count(cmd); o++)
			if (cmd->options[o].value)
				assert_known(cmd, cmd->options[o].value,
					     strlen(cmd->options[o].value));
	}
}

static void a_usage_line_names_exactly_its_options(void **state)
{
	(void)state;
	for (size_t i = 0; cmd_table[i]; i++) {
		const struct cmd *cmd = cmd_table[i];
		size_t named = 0, count = option_count(cmd) + (cmd->json != NULL);

		for (const char *s = strstr(cmd->usage, "--"); s; s = strstr(s + 2, "--"))
			named += s[2] != '\0' && s[2] != ' ';
		if (named != count)
			fail_msg("%s: the usage line names %zu options of %zu", cmd->name, named,
				 count);
		for (size_t o = 0; o < option_count(cmd); o++) {
			const struct cmd_option *option = &cmd->options[o];
			const char *s = strstr(cmd->usage, option->name);
			size_t len = strlen(option->name);

			if (!s || s < cmd->usage + 2 || s[-1] != '-' || s[-2] != '-')
				fail_msg("%s: the usage line has no --%s", cmd->name, option->name);
			if ((s[len] == ' ') != (option->value != NULL) && s[len] != '\0')
				fail_msg("%s: --%s takes %s", cmd->name, option->name,
					 option->value ? option->value : "no value");
			if (!option->help || !*option->help)
				fail_msg("%s: --%s has no help", cmd->name, option->name);
		}
	}
}

static void a_summary_is_one_short_line_without_a_full_stop(void **state)
{
	(void)state;
	for (size_t i = 0; cmd_table[i]; i++) {
		const char *s = cmd_table[i]->summary;

		if (!s || !*s || strchr(s, '\n') || strlen(s) > 65 || s[strlen(s) - 1] == '.' ||
		    !islower((unsigned char)s[0]))
			fail_msg("%s: '%s'", cmd_table[i]->name, s);
	}
}

static void names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; cmd_table[i]; i++)
		assert_ptr_equal(cmd_find(cmd_table[i]->name), cmd_table[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(completion_knows_each_word_in_capitals),
		cmocka_unit_test(a_usage_line_names_exactly_its_options),
		cmocka_unit_test(a_summary_is_one_short_line_without_a_full_stop),
		cmocka_unit_test(names_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
