/*
 * Automatically generated file; DO NOT EDIT.
 * Golden plain sample
 */
#define CONFIG_CPU_COUNT 4
#define CONFIG_MODULES 1
#define CONFIG_SECRET 1
#define CONFIG_BASE_ADDRESS 0x100000
#define CONFIG_PAGES_4K 1
