# a shared mapping without promises beside one with
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 4 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
fd = memfd_create("h", MFD_HUGETLB)
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_NORESERVE|MAP_FIXED_NOREPLACE, fd, 0)
hugetlb(2M)
fstat(fd)
store(a, 4M, 2M)
hugetlb(2M)
b = mmap(0x100200000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
hugetlb(2M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0, 2M)
hugetlb(2M)
store(a+4M, 4M, 2M)
hugetlb(2M)
munmap(a, 8M)
munmap(b, 8M)
hugetlb(2M)
fallocate(fd, FALLOC_FL_PUNCH_HOLE|FALLOC_FL_KEEP_SIZE, 0, 8M)
hugetlb(2M)
close(fd)
hugetlb(2M)
