# mprotect over holes, with wrong arguments, on locked and written memory
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x120000000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a, 2M, 64K, 7)
munmap(a+1M, 64K)
mprotect(a+512K, 1M, PROT_READ)
smaps(a, 2M)
pagemap(a, 2M)
store(a+512K)
store(a+1M+64K, 1, 4K, 8)
mprotect(a+512K, 512K, PROT_NONE)
load(a+512K)
smaps(a, 2M)
pagemap(a, 2M)
mprotect(a+512K, 512K, PROT_READ|PROT_WRITE)
store(a+512K, 512K, 64K, 9)
load(a+512K, 512K, 64K)
smaps(a, 2M)
mprotect(a, 4K, 0x40)
mprotect(a, 4K, 0x01000000)
mprotect(a, 4K, PROT_WRITE)
smaps(a, 2M)
load(a)
mprotect(a, 4K, PROT_EXEC)
smaps(a, 2M)
load(a)
