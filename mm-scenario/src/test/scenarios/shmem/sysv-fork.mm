# a segment over fork, locked, removed by the child, and its huge pages at the end
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo always > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
id = shmget(IPC_PRIVATE, 4M, IPC_CREAT|384)
a = shmat(id, 0x200000000000, 0)
store(a, 4M, 2M, 5)
child {
  smaps(a, 4M)
  pagemap(a, 4M)
  load(a, 4M, 2M)
  smaps(a, 4M)
  pagemap(a, 4M)
  shmdt(a)
  b = shmat(id, 0x300000001000, 0)
  store(b)
  smaps(b, 4M)
  pagemap(b, 4M)
  shmctl(id, IPC_RMID, 0)
  parent {
    shmat(id, 0x300000000000, 0)
    smaps(a, 4M)
    pagemap(a, 4M)
  }
}
smaps(a, 4M)
pagemap(a, 4M)
shmctl(id, SHM_LOCK, 0)
smaps(a, 4M)
pagemap(a, 4M)
shmctl(id, SHM_UNLOCK, 0)
madvise(a, 2M, MADV_REMOVE)
smaps(a, 4M)
pagemap(a, 4M)
mremap(a, 2M, 2M, MREMAP_MAYMOVE|MREMAP_FIXED, 0x300000000000)
smaps(0x300000000000, 2M)
pagemap(0x300000000000, 2M)
shmdt(0x300000000000)
smaps(0x300000000000, 2M)
shmdt(a+2M)
smaps(a, 4M)
pagemap(a, 4M)
vmstat()
mthp()
