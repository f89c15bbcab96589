# mlock and mlock2
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
a = mmap(0x100100000000, 4M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE, -1, 0)
mlock2(a, 4M, MLOCK_ONFAULT)
status()
smaps(a, 4M)
hugetlb(2M)
mlock(a+4K, 4K)
hugetlb(2M)
status()
b = mmap(0x100200000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_HUGETLB|MAP_FIXED_NOREPLACE|MAP_LOCKED, -1, 0)
hugetlb(2M)
smaps(b, 2M)
status()
munlock(a, 4M)
status()
