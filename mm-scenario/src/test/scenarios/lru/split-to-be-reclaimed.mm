# Parts of a split file page are not to be reclaimed early, though the whole was; the first part stays so, and is not mapped around a fault.
mount -t tmpfs -o huge=always none /mnt/t
g = open("/mnt/t/x", O_RDWR|O_CREAT)
pwrite(g, 0, 1M)
echo 1 > /proc/sys/vm/drop_caches
echo 2 > /proc/sys/vm/drop_caches
h = mmap(0x200002000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED, g, 0)
load(h+8K, 4K)
pagemap(h, 2M)
load(h+68K, 4K)
pagemap(h, 2M)
load(h, 4K)
pagemap(h, 2M)
vmstat()
