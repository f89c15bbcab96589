# always, madvise, inherit and never for several sizes at once
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-1024kB/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-16kB/enabled
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 128K, 4K, 5)
smaps(a, 4M)
pagemap(a, 4M)
madvise(a+1M, 3M, MADV_HUGEPAGE)
store(a+1M)
store(a+2M+64K)
store(a+3M)
smaps(a, 4M)
pagemap(a, 4M)
echo never > /sys/kernel/mm/transparent_hugepage/enabled
madvise(a+1M, 3M, MADV_DONTNEED)
store(a+1M)
store(a+2M)
smaps(a, 4M)
pagemap(a, 4M)
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-1024kB/enabled
madvise(a+1M, 3M, MADV_DONTNEED)
store(a+1M)
prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
store(a+2M)
prctl(PR_SET_THP_DISABLE, 1, 2, 0, 0)
store(a+3M)
madvise(a+2M, 4K, MADV_NOHUGEPAGE)
store(a+2M+1008K)
smaps(a, 4M)
pagemap(a, 4M)
mthp()
vmstat()
