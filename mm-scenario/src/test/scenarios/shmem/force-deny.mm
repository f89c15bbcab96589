# force and deny against mounts, sizes of files, advice and prctl
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo force > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o huge=never tmpfs /mnt/t
f = open("/mnt/t/f", O_RDWR|O_CREAT)
ftruncate(f, 8M)
a = mmap(0x100100000000, 8M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)
store(a)
fstat(f)
echo deny > /sys/kernel/mm/transparent_hugepage/shmem_enabled
mount -o remount,huge=always /mnt/t
store(a+2M)
fstat(f)
echo force > /sys/kernel/mm/transparent_hugepage/shmem_enabled
madvise(a+4M, 4M, MADV_NOHUGEPAGE)
store(a+4M)
fallocate(f, 0, 6M, 2M)
prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(b)
prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0)
store(b+2M)
load(a, 8M, 1M)
smaps(a, 8M)
pagemap(a, 8M)
smaps(b, 4M)
pagemap(b, 4M)
echo deny > /sys/kernel/mm/transparent_hugepage/shmem_enabled
load(a, 8M, 1M)
madvise(a+2M, 2M, MADV_COLLAPSE)
madvise(b, 2M, MADV_COLLAPSE)
smaps(a, 8M)
pagemap(a, 8M)
smaps(b, 4M)
pagemap(b, 4M)
fstat(f)
vmstat()
mthp()
