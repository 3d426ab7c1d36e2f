/* The rows of the tables event and review as a line of the log has them. */
#ifndef STORE_LOG_ROW_H
#define STORE_LOG_ROW_H

#include "internal.h"
#include "store/log_line.h"

#define ROW_EVENT(t) \
	t "uid," t "time," t "prev," t "kind," t "what," t "value," t "target," t "name," t "text"
#define ROW_EVENT_COUNT 9
#define ROW_REVIEW(t) \
	t "day," t "mode," t "blind," t "grade," t "points," t "point_count," t "answer_ms," t \
	  "total_ms," t "seconds," t "variant," t "hints," t "cap," t "ask_by," t "content," t \
	  "answer"

/* From columns of ROW_EVENT and ROW_REVIEW (NULL where the event is no review). */
void row_get(struct stmt *q, struct arena *arena, struct log_line *line);

/* To parameters in the order of those columns. */
void row_put_event(struct stmt *q, const struct log_line *line);
void row_put_review(struct stmt *q, const struct log_line *line);

#endif
