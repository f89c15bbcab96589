# a swap device without room for a small folio in one piece
echo never > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo madvise > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
swapon(48K)
a = mmap(0x100100000000, 1M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
madvise(a, 1M, MADV_HUGEPAGE)
store(a, 64K, 4K, 5)
mthp()
madvise(a, 64K, MADV_PAGEOUT)
mthp()
smaps(a, 128K)
pagemap(a, 128K)
