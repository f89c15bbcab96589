# System V memory of 1G pages
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
echo 1 > /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages
id = shmget(IPC_PRIVATE, 1G, SHM_HUGETLB|SHM_HUGE_1GB|IPC_CREAT|384)
hugetlb(1G)
a = shmat(id, 0x200000000000, 0)
store(a+3M)
hugetlb(1G)
smaps(a, 1G)
b = shmat(id, 0x300000000000, SHM_RDONLY)
load(b+3M)
store(b)
smaps(b, 1G)
jd = shmget(IPC_PRIVATE, 1M, SHM_HUGETLB|SHM_HUGE_1GB|IPC_CREAT|384)
shmctl(id, IPC_RMID, 0)
shmdt(a)
shmdt(b)
hugetlb(1G)
