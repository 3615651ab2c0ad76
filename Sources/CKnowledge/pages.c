// The registry: each page of the folder as an array, and its line in the list below. A test compares it with the folder.
#include "CKnowledge.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char connection_exhaustion[] = {
#embed "pages/connection-exhaustion.md"
};
static const unsigned char index_concurrently[] = {
#embed "pages/index-concurrently.md"
};
static const unsigned char lock_timeout_index[] = {
#embed "pages/lock-timeout-index.md"
};

#define PAGE(id, bytes) {id, bytes, sizeof bytes}

static const struct pgmedic_page list[] = {
  PAGE("connection-exhaustion", connection_exhaustion),
  PAGE("index-concurrently", index_concurrently),
  PAGE("lock-timeout-index", lock_timeout_index),
};

const struct pgmedic_page *const pgmedic_pages = list;
const size_t pgmedic_page_count = sizeof list / sizeof list[0];
