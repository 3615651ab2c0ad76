#pragma once
#include <stddef.h>

/// A page of the knowledge base as it was in its file; the bytes have no zero at their end.
struct pgmedic_page {
  const char *_Nullable id;
  const unsigned char *_Nullable bytes;
  size_t length;
};

extern const struct pgmedic_page *const _Nonnull pgmedic_pages;
extern const size_t pgmedic_page_count;
