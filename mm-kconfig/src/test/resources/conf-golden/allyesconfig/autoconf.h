/*
 * Automatically generated file; DO NOT EDIT.
 * Golden plain sample
 */
#define CONFIG_CRC 1
#define CONFIG_CPU_COUNT 4
#define CONFIG_NET_A_MODULE 1
#define CONFIG_MODULES 1
#define CONFIG_NET_B 1
#define CONFIG_SECRET 1
#define CONFIG_NET_EXTRA 1
#define CONFIG_BIG 1
#define CONFIG_BASE_ADDRESS 0x100000
#define CONFIG_NET 1
#define CONFIG_PAGES_64K 1
#define CONFIG_NET_NAME "a \"b\" \\ plain"
#define CONFIG_UNMET 1
