# SHM_LOCK keeps a segment out of swap, noswap a mount's files
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
swapon(64M)
id = shmget(IPC_PRIVATE, 64K, IPC_CREAT|384)
a = shmat(id, 0x200000000000, 0)
store(a, 64K)
shmctl(id, SHM_LOCK, 0)
madvise(a, 64K, MADV_PAGEOUT)
smaps(a, 64K)
pagemap(a, 64K)
shmctl(id, SHM_UNLOCK, 0)
madvise(a, 64K, MADV_PAGEOUT)
smaps(a, 64K)
pagemap(a, 64K)
load(a, 64K)
mount -t tmpfs -o noswap tmpfs /mnt/t
f = open("/mnt/t/f", O_RDWR|O_CREAT)
ftruncate(f, 64K)
b = mmap(0x100100000000, 64K, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)
store(b, 64K)
madvise(b, 64K, MADV_PAGEOUT)
smaps(b, 64K)
pagemap(b, 64K)
mount -o remount,noswap /mnt/t
shmctl(id, IPC_STAT, 0)
shmctl(id, IPC_SET, 0)
shmctl(id, 3, 0)
shmctl(id, 99, 0)
shmctl(id+1, IPC_STAT, 0)
shmget(5, 4K, IPC_CREAT|384)
shmget(5, 4K, IPC_CREAT|IPC_EXCL|384)
shmget(5, 8K, 0)
shmat(id, 0x200000100800, SHM_RND)
shmat(id, 0x800, SHM_RND|SHM_REMAP)
shmat(id, 0x200000200000, SHM_EXEC)
smaps(0x200000000000, 4M)
pagemap(0x200000000000, 4M)
shmdt(0x200000100800)
shmdt(0x200000100000)
