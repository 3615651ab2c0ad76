#pragma once
#include <libpq-fe.h>
#include <libpq/libpq-fs.h>
#include <pg_config.h>
