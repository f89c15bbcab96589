# a stack that grows down beside huge pages
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
s = mmap(0x510000000000+4M, 64K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_GROWSDOWN|MAP_FIXED_NOREPLACE, -1, 0)
store(s-4K)
smaps(s-1M, 2M)
store(s-64K)
smaps(s-1M, 2M)
pagemap(s-1M, 2M)
load(s-3M)
smaps(s-4M, 5M)
status()
