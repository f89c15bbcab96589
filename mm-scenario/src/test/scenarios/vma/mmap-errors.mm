# what mmap refuses
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000001, 4K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
a = mmap(0x7ffffffff000, 8K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
a = mmap(0x800000000000, 4K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
a = mmap(0, 0x7fffffffffff0000, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
a = mmap(0, -4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
a = mmap(0, 0, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
a = mmap(0, 4K, PROT_READ, MAP_ANONYMOUS, -1, 0)
a = mmap(0, 4K, PROT_READ, MAP_PRIVATE, -1, 0)
a = mmap(0x120000000123, 4K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)
smaps(a, 4K)
munmap(0x800000000000, 4K)
munmap(0x7ffffffff000, 64K)
munmap(0x120000000000, -1)
mprotect(0x150000000000, 4K, PROT_READ)
madvise(0x150000000000, 4K, MADV_DONTNEED)
madvise(0x150000000000, 4K, MADV_HUGEPAGE)
mlock(0x150000000000, 4K)
msync(0x150000000000, 4K, MS_SYNC)
msync(a, 4K, MS_SYNC|MS_ASYNC)
msync(a, 4K, MS_ASYNC)
