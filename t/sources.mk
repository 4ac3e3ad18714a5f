# SPDX-License-Identifier: EUPL-1.2
# The nginx-free files of the modules, for the unit tests, the fuzz targets and the operator's tool. TOP is set before.
# Of the tool itself these are the files ggi_*.c; main.c and ggictl_*.c are linked into build/ggictl alone.

# What the project's own build asks of its own sources, and who builds a package need not. scripts/build reads it here.
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla
WARN    := -std=gnu11 $(WARNINGS)
DIRS    := $(sort $(dir $(wildcard $(TOP)/modules/*/*.h)))
INCS    := $(addprefix -I,$(DIRS))
TOOL    := $(TOP)/modules/ggictl/main.c $(TOP)/modules/ggictl/ggictl_%
SRCS    := $(filter-out %_module.c $(TOOL),$(shell ls $(TOP)/modules/*/*.c | grep -v /ggi_ngx_))
HDRS    := $(wildcard $(TOP)/modules/*/*.h)
OBJS    := $(patsubst $(TOP)/modules/%.c,$(OUT)/objs/%.o,$(SRCS))
LIBS    := -lhiredis -ljansson -lmaxminddb -lcrypto -lyaml

$(OUT)/objs/%.o: $(TOP)/modules/%.c $(HDRS)
	@mkdir -p $(dir $@)
	$(CC) $(CFLAGS) $(WARN) $(INCS) -c -o $@ $<
