# shmem sizes that inherit, the values that go with them, force and deny
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo force > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo force > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo deny > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
fd = memfd_create("m", 0)
ftruncate(fd, 2M)
a = mmap(0x100100000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a)
madvise(a+64K, 192K, MADV_HUGEPAGE)
store(a+64K)
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
store(a+512K)
echo deny > /sys/kernel/mm/transparent_hugepage/shmem_enabled
store(a+768K)
echo within_size > /sys/kernel/mm/transparent_hugepage/shmem_enabled
store(a+1M)
echo never > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
echo force > /sys/kernel/mm/transparent_hugepage/shmem_enabled
store(a+1536K)
cat /sys/kernel/mm/transparent_hugepage/shmem_enabled
cat /sys/kernel/mm/transparent_hugepage/hugepages-64kB/shmem_enabled
smaps(a, 2M)
pagemap(a, 2M)
fstat(fd)
mthp()
vmstat()
