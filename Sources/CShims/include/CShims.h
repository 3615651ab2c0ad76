/// The C that Swift cannot write: one header for each concern.
#pragma once
#include "help.h"
#include "options.h"
#include "signals.h"
#include "process.h"
#include "editor.h"
