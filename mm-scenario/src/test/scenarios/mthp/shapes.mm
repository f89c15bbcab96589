# areas whose borders leave room for small sizes only, and slots that are taken
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-32kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-128kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-512kB/enabled
a = mmap(0x10010000c000, 1008K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 1008K, MADV_HUGEPAGE)
store(a)
store(a+32K)
store(a+500K)
store(a+980K)
smaps(a, 1008K)
pagemap(a, 1008K)
madvise(a+64K, 4K, MADV_DONTNEED)
store(a+64K)
load(a+300K)
store(a+304K)
smaps(a, 1008K)
pagemap(a, 1008K)
madvise(a, 1008K, MADV_DONTNEED)
load(a, 1008K, 64K)
store(a, 1008K)
smaps(a, 1008K)
pagemap(a, 1008K)
mthp()
echo 2 > /proc/sys/vm/drop_caches
mthp()
vmstat()
