# which flags memfd_create takes
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
memfd_create("m", 1)
memfd_create("m", 2)
memfd_create("m", 8)
memfd_create("m", 16)
memfd_create("m", 24)
memfd_create("m", 32)
memfd_create("m", MFD_HUGE_2MB)
memfd_create("", 0)
memfd_create("m", 0x80000000)
fd = memfd_create("m", MFD_CLOEXEC|MFD_ALLOW_SEALING)
ftruncate(fd, 8K)
a = mmap(0x100100000000, 8K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
mmap(0x100200000000, 8K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 1)
mmap(0x100200000000, 8K, PROT_READ|PROT_WRITE, MAP_FIXED_NOREPLACE, fd, 0)
mmap(0x100200000000, 8K, PROT_READ|PROT_EXEC, MAP_SHARED_VALIDATE|MAP_FIXED_NOREPLACE, fd, 0)
smaps(a, 8K)
smaps(0x100200000000, 8K)
store(a, 16K)
fstat(fd)
