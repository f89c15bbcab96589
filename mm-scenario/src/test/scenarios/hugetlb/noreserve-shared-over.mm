# a file larger than the pool, with overcommit
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 3 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 2 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
fd = memfd_create("h", MFD_HUGETLB)
ftruncate(fd, 16M)
a = mmap(0x100100000000, 16M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_NORESERVE|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 16M, 2M)
hugetlb(2M)
fallocate(fd, 0, 0, 16M)
hugetlb(2M)
fstat(fd)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 2M, 2M)
hugetlb(2M)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
hugetlb(2M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0, 16M)
hugetlb(2M)
