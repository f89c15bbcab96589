# System V segments: read-only, over another, locked, after IPC_RMID
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
id = shmget(IPC_PRIVATE, 4M, SHM_HUGETLB|SHM_NORESERVE|IPC_CREAT|384)
hugetlb(2M)
a = shmat(id, 0x200000000000, SHM_RDONLY)
load(a, 4M, 2M)
store(a)
hugetlb(2M)
b = shmat(id, 0x200000200000, SHM_REMAP)
hugetlb(2M)
smaps(a, 8M)
c = shmat(id, 0x300000001000, 0)
d = shmat(id, 0x200000000000, 0)
shmctl(id, SHM_LOCK, 0)
smaps(b, 4M)
shmctl(id, SHM_UNLOCK, 0)
child {
  store(b, 4M, 2M)
  shmdt(b)
}
shmctl(id, IPC_RMID, 0)
e = shmat(id, 0x500000000000, 0)
shmdt(b)
hugetlb(2M)
shmdt(a)
hugetlb(2M)
jd = shmget(IPC_PRIVATE, 0, SHM_HUGETLB|IPC_CREAT|384)
kd = shmget(IPC_PRIVATE, 4M, SHM_HUGETLB|SHM_HUGE_2MB|IPC_CREAT|384)
hugetlb(2M)
shmctl(kd, IPC_RMID, 0)
hugetlb(2M)
