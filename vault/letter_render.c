/* SPDX-License-Identifier: ISC */
/*
 * Laying out a letter, see letter_render.h. Layer: verbs; pure.
 */
#include "vault/letter_render.h"

#include <string.h>

#include "vault/base/text.h"
#include "vault/package_fill.h"

#define COLUMNS 72

enum shape { NOTHING, SUBJECT, HEADING, LINES, ITEM, PARAGRAPH };

/* A letter on its way to paper or page. */
struct layout {
	struct buf *out;
	bool html;
	enum shape open;    /* the block that lines are added to */
	enum shape last;    /* the one before */
	struct buf block;   /* its text so far */
	struct buf subject; /* plain, for the title of the page */
	char lang[16];
	bool rtl;
};

/* Hebrew, Arabic and their neighbours, and what is written like them: bytes of
 * UTF-8 that begin such characters. */
static bool
turns(const char *s, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		unsigned char a = (unsigned char)s[i];
		unsigned char b = (unsigned char)s[i + 1];

		if ((a >= 0xd6 && a <= 0xdf) || (a == 0xe0 && b < 0xa4) ||
		    (a == 0xef && b >= 0xac && b <= 0xbb) ||
		    (a == 0xf0 && b == 0x90) || (a == 0xf0 && b == 0x9e))
			return true;
	}
	return false;
}

/* The text of a block for paper: values that turn are put between FIRST STRONG
 * ISOLATE and POP DIRECTIONAL ISOLATE, all others are left alone. */
static void
plain(struct buf *out, const char *s, size_t n)
{
	/* As bytes: nobody should have to trust a source with such characters
	 * in it. */
	static const unsigned char first[] = { 0xe2, 0x81, 0xa8 };
	static const unsigned char pop[] = { 0xe2, 0x81, 0xa9 };
	bool isolated = false;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == FILL_BEGIN) {
			const char *end = memchr(s + i, FILL_END, n - i);

			isolated =
			    end != NULL && turns(s + i, (size_t)(end - s) - i);
			buf_add(out, first, isolated ? sizeof(first) : 0);
		} else if (s[i] == FILL_END) {
			buf_add(out, pop, isolated ? sizeof(pop) : 0);
			isolated = false;
		} else {
			buf_addc(out, s[i] == FILL_BREAK ? '\n' : s[i]);
		}
	}
}

static void
escaped(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case FILL_BEGIN:
			buf_adds(out, "<bdi>");
			break;
		case FILL_END:
			buf_adds(out, "</bdi>");
			break;
		case FILL_BREAK:
			buf_adds(out, "<br>");
			break;
		case '\n':
			buf_adds(out, "<br>\n");
			break;
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		default:
			buf_addc(out, s[i]);
		}
	}
}

/* Words into lines of COLUMNS. The first line has `indent` columns already,
 * the others are set in by as many. */
static void
wrap(struct buf *out, const char *s, size_t indent)
{
	size_t at = indent;
	bool first = true; /* of a line */

	while (*s != '\0') {
		size_t n = strcspn(s, " \n");
		size_t width = text_width(s, n);

		if (!first && at + 1 + width > COLUMNS) {
			buf_addf(out, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		if (n > 0) {
			buf_adds(out, first ? "" : " ");
			buf_add(out, s, n);
			at += width + !first;
			first = false;
		}
		s += n;
		if (*s == '\n') {
			buf_addf(out, "\n%*s", (int)indent, "");
			at = indent;
			first = true;
		}
		s += *s != '\0';
	}
	buf_addc(out, '\n');
}

static void
underline(struct buf *out, const char *text, char with)
{
	size_t n = text_width(text, strlen(text));

	buf_addf(out, "%s\n", text);
	for (size_t i = 0; i < n && i < COLUMNS; i++)
		buf_addc(out, with);
	buf_addc(out, '\n');
}

static void
end_plain(struct layout *l)
{
	struct buf text = BUF_INIT_SECRET;

	plain(&text, buf_str(&l->block), l->block.len);
	if (l->last != NOTHING && (l->open != ITEM || l->last != ITEM))
		buf_addc(l->out, '\n');
	switch (l->open) {
	case SUBJECT:
		underline(l->out, buf_str(&text), '=');
		break;
	case HEADING:
		underline(l->out, buf_str(&text), '-');
		break;
	case ITEM:
		buf_adds(l->out, "- ");
		wrap(l->out, buf_str(&text), 2);
		break;
	case LINES:
		buf_addf(l->out, "%s\n", buf_str(&text));
		break;
	case PARAGRAPH:
	case NOTHING:
	default:
		wrap(l->out, buf_str(&text), 0);
	}
	buf_clear(&text);
}

static void
end_html(struct layout *l)
{
	static const char *const tags[] = { [SUBJECT] = "h1",
		[HEADING] = "h2",
		[LINES] = "address",
		[ITEM] = "li",
		[PARAGRAPH] = "p" };

	if (l->open == ITEM && l->last != ITEM)
		buf_adds(l->out, "<ul>\n");
	if (l->open != ITEM && l->last == ITEM)
		buf_adds(l->out, "</ul>\n");
	if (l->open == NOTHING)
		return;
	buf_addf(l->out, "<%s>", tags[l->open]);
	escaped(l->out, buf_str(&l->block), l->block.len);
	buf_addf(l->out, "</%s>\n", tags[l->open]);
}

/* Ends the open block. */
static void
end_block(struct layout *l)
{
	if (l->open == NOTHING)
		return;
	if (l->open == SUBJECT && l->subject.len == 0)
		plain(&l->subject, buf_str(&l->block), l->block.len);
	if (l->html)
		end_html(l);
	else
		end_plain(l);
	l->last = l->open;
	l->open = NOTHING;
	buf_reset(&l->block);
}

/* What a line is, and where its text begins. */
static enum shape
shape_of(const char **line)
{
	static const struct {
		const char *mark;
		enum shape shape;
	} marks[] = { { "## ", HEADING }, { "# ", SUBJECT }, { "| ", LINES },
		{ "- ", ITEM } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i].mark);

		if (strncmp(*line, marks[i].mark, n) == 0) {
			*line += n;
			return marks[i].shape;
		}
	}
	return PARAGRAPH;
}

static void
take_line(struct layout *l, const char *line, size_t n)
{
	const char *begin = line, *end = line + n;
	enum shape shape;

	while (end > begin && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (end == begin) {
		end_block(l);
		return;
	}
	shape = shape_of(&line);
	if (l->open == ITEM && *begin == ' ')
		shape = ITEM;
	else if (shape != l->open || (shape != PARAGRAPH && shape != LINES))
		end_block(l);
	while (line < end && *line == ' ')
		line++;
	if (l->block.len > 0)
		buf_addc(&l->block, shape == LINES ? '\n' : ' ');
	buf_add(&l->block, line, (size_t)(end - line));
	l->open = shape;
}

/* The first line, "%lang de" or "%lang ar rtl". *ret is behind it. */
static int
read_lang(
    struct layout *l, const char *text, const char **ret, struct hrv_err *err)
{
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789";
	size_t n;

	if (strncmp(text, "%lang ", 6) == 0) {
		text += 6;
		n = strspn(text, letters);
		if (n > 1 && n < sizeof(l->lang)) {
			memcpy(l->lang, text, n);
			l->lang[n] = '\0';
			text += n;
			l->rtl = strncmp(text, " rtl", 4) == 0;
			text += l->rtl ? 4 : 0;
			if (*text == '\n') {
				*ret = text + 1;
				return HRV_OK;
			}
		}
	}
	hrv_fail(err, HRV_EUSAGE,
	    "the letter's template does not say its "
	    "language");
	return hrv_hint(err, "its first line is '%%lang en', with the code of "
			     "the language");
}

static int
lay_out(struct layout *l, const char *template, size_t len,
    const json_t *values, struct hrv_err *err)
{
	struct buf filled = BUF_INIT_SECRET;
	const char *p = NULL;
	int rc = package_fill_marked(template, len, values, &filled, err);

	if (rc == HRV_OK)
		rc = read_lang(l, buf_str(&filled), &p, err);
	while (rc == HRV_OK && *p != '\0') {
		size_t n = strcspn(p, "\n");

		take_line(l, p, n);
		p += n + (p[n] == '\n');
	}
	end_block(l);
	if (l->html)
		end_html(l);
	if (rc == HRV_OK && l->subject.len == 0)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the letter's template has no subject ('# Subject')");
	buf_clear(&filled);
	return rc == HRV_OK ? buf_ok(l->out, err) : rc;
}

static void
layout_clear(struct layout *l)
{
	buf_clear(&l->block);
	buf_clear(&l->subject);
}

int
letter_text(const char *template, size_t len, const json_t *values,
    struct buf *out, struct hrv_err *err)
{
	struct layout l = {
		.out = out, .block = BUF_INIT_SECRET, .subject = BUF_INIT_SECRET
	};
	int rc = lay_out(&l, template, len, values, err);

	layout_clear(&l);
	return rc;
}

int
letter_html(const char *template, size_t len, const json_t *values,
    const struct letter_frame *frame, struct buf *out, struct hrv_err *err)
{
	const char *here =
	    memmem(frame->text, frame->len, LETTER_HERE, strlen(LETTER_HERE));
	struct buf body = BUF_INIT_SECRET;
	struct layout l = { .out = &body,
		.html = true,
		.block = BUF_INIT_SECRET,
		.subject = BUF_INIT_SECRET };
	json_t *head = NULL;
	int rc = lay_out(&l, template, len, values, err);

	if (rc == HRV_OK && here == NULL)
		rc = hrv_fail(err, HRV_EUSAGE,
		    "the frame of letters has no place for the letter");
	if (rc == HRV_OK) {
		head = json_pack("{s:s,s:i,s:s}", "lang", l.lang, "rtl",
		    l.rtl ? 1 : 0, "subject", buf_str(&l.subject));
		if (head == NULL)
			rc = hrv_fail(err, HRV_ENOMEM, "out of memory");
	}
	if (rc == HRV_OK)
		rc = package_fill(
		    frame->text, (size_t)(here - frame->text), head, out, err);
	if (rc == HRV_OK) {
		buf_add(out, body.data, body.len);
		here += strlen(LETTER_HERE);
		buf_add(out, here, frame->len - (size_t)(here - frame->text));
		rc = buf_ok(out, err);
	}
	json_decref(head);
	layout_clear(&l);
	buf_clear(&body);
	return rc;
}
