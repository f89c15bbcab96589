/*
 * Automatically generated file; DO NOT EDIT.
 * Golden plain sample
 */
#define CONFIG_CRC_MODULE 1
#define CONFIG_CPU_COUNT 64
#define CONFIG_NET_A_MODULE 1
#define CONFIG_MODULES 1
#define CONFIG_NET_B_MODULE 1
#define CONFIG_SECRET 1
#define CONFIG_NET_EXTRA 1
#define CONFIG_BASE_ADDRESS 0x100000
#define CONFIG_NET_MODULE 1
#define CONFIG_NET_NAME "x\"y"
#define CONFIG_PAGES_4K 1
