#include "cmd/secret.h"

#include "os/file.h"

/* From a terminal without echo, else from the first line of standard input. */
static enum err_code ask_password(struct app *app, struct strbuf *password, struct error *err)
{
	/* All the room at once: growing would leave copies behind. */
	strbuf_fill(password, ' ', PASSWORD_MAX);
	strbuf_reset(password);
	if (ui_read(app_ui(app), PROMPT_SECRET, "Password of the key: ", NULL, password) !=
	    READ_LINE)
		return error_set(err, ERR_USAGE, "no password was given");
	return ERR_NONE;
}

static enum err_code decrypt(struct app *app, const char *text, size_t len, struct secret_key *out,
			     struct error *err)
{
	struct strbuf password;
	enum err_code rc;

	strbuf_init(&password, PASSWORD_MAX);
	rc = ask_password(app, &password, err);
	if (!rc && app->screen) {
		out_text(app->out, STYLE_FAINT, "Decrypting the key ...\n");
		out_flush(app->out);
	}
	if (!rc)
		rc = secret_key_read(text, len, password.buf, out, err);
	secret_wipe(password.buf, password.cap);
	strbuf_release(&password);
	return rc;
}

enum err_code secret_open(struct app *app, const char *path, struct secret_key *out,
			  struct error *err)
{
	char text[SECRET_KEY_FILE_MAX];
	size_t len;
	bool encrypted;
	enum err_code rc;

	if (file_type(path) == FILE_MISSING)
		return error_set(err, ERR_USAGE, "no file '%s'", path);
	rc = file_read_secret(path, text, sizeof(text), &len, err);
	if (rc)
		return rc;
	rc = secret_key_probe(text, len, &encrypted, err);
	if (!rc && encrypted)
		rc = decrypt(app, text, len, out, err);
	else if (!rc)
		rc = secret_key_read(text, len, "", out, err);
	secret_wipe(text, sizeof(text));
	return rc ? error_prefix(err, "%s: ", path) : ERR_NONE;
}
