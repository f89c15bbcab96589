# stores of several strides into five huge pages
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 10M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 10M, MADV_HUGEPAGE)
store(a, 10M, 3M, 6)
smaps(a, 10M)
pagemap(a, 10M)
load(a, 10M, 3M)
store(a+2M, 2M, 64K)
load(a, 10M, 512K)
vmstat()
mthp()
status()
meminfo()
