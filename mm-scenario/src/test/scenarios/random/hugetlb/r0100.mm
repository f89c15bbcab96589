# random HUGETLB scenario, seed 100
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo madvise > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo 6 > /proc/sys/vm/nr_hugepages
echo 2 > /proc/sys/vm/nr_overcommit_hugepages
f = memfd_create("h", MFD_HUGETLB)
ftruncate(f, 8M)
store(0x100100000000+8M, 4M, 2M, 128)
hugetlb(2M)
mmap(0x100100000000+6M, 8M, PROT_READ, MAP_SHARED|MAP_FIXED, f, 4M)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
echo 6 > /proc/sys/vm/nr_hugepages
hugetlb(2M)
store(0x100100000000+8M, 2M, 2M, 153)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
mmap(0x100100000000+8M, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_FIXED, f, 4M)
hugetlb(2M)
mmap(0x100100000000+4M, 8M, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED|MAP_NORESERVE, -1, 0)
hugetlb(2M)
smaps(0x100100000000, 32M)
pagemap(0x100100000000, 16M)
meminfo()
status()
