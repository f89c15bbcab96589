# the program break as an area that grows, merges and splits
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
h = brk_area(3M)
smaps(h, 4M)
store(h, 3M, 512K)
smaps(h, 4M)
madvise(h, 2M, MADV_HUGEPAGE)
brk_area(4M)
smaps(h, 8M)
madvise(h, 1M, MADV_DONTFORK)
mprotect(h+1M, 4K, PROT_READ)
smaps(h, 8M)
munmap(h+2M, 4K)
child {
  smaps(h, 8M)
}
status()
