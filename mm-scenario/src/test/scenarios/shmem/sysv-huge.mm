# System V memory under always, with holes and detach
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
id = shmget(IPC_PRIVATE, 5M, IPC_CREAT|384)
a = shmat(id, 0x410000000000, 0)
store(a, 5M, 1M)
smaps(a, 5M)
pagemap(a, 5M)
b = shmat(id, 0x420000000000, SHM_RDONLY)
load(b, 5M, 512K)
store(b)
smaps(b, 5M)
pagemap(b, 5M)
munmap(a+1M, 1M)
smaps(a, 5M)
pagemap(a, 5M)
shmdt(a)
smaps(b, 5M)
pagemap(b, 5M)
shmctl(id, IPC_RMID, 0)
shmdt(b)
shmat(id, 0x420000000000, 0)
vmstat()
