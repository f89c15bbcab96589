# small folios in shared memory of several policies
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
echo always > /sys/kernel/mm/transparent_hugepage/hugepages-32kB/shmem_enabled
echo advise > /sys/kernel/mm/transparent_hugepage/hugepages-256kB/shmem_enabled
a = mmap(0x410000000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a+4K)
store(a+64K)
load(a+512K)
madvise(a+1M, 1M, MADV_HUGEPAGE)
store(a+1M+300K)
load(a+1M+700K)
smaps(a, 2M)
pagemap(a, 2M)
madvise(a+1M, 64K, MADV_REMOVE)
smaps(a, 2M)
pagemap(a, 2M)
mthp()
vmstat()
