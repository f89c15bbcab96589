autoconfig := include/config/auto.conf

deps_config := \
	Kconfig \

$(autoconfig): $(deps_config)
$(deps_config): ;

ifneq "$(FLAVOUR)" "plain"
$(autoconfig): FORCE
endif
