# a file collapsed in the background while two processes and two areas map it
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo advise > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
echo 511 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none
echo 64 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_swap
echo 256 > /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_shared
echo 4096 > /sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan
echo 1 > /sys/kernel/mm/transparent_hugepage/khugepaged/defrag
fd = memfd_create("m", 0)
ftruncate(fd, 6M)
a = mmap(0x100100000000, 6M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 0)
store(a, 6M, 4K, 5)
b = mmap(0x100200000000, 4M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, fd, 2M)
load(b, 4M, 4K)
child {
  load(a, 6M, 4K)
  parent {
    madvise(a, 6M, MADV_HUGEPAGE)
    madvise(a, 6M, MADV_HUGEPAGE)
    khugepaged(2)
    smaps(a, 6M)
    pagemap(a, 6M)
    smaps(b, 4M)
    pagemap(b, 4M)
  }
  smaps(a, 6M)
  pagemap(a, 6M)
  load(a, 6M, 4K)
  smaps(a, 6M)
  pagemap(a, 6M)
}
load(b, 4M, 4K)
store(a, 6M, 4K, 6)
smaps(a, 6M)
pagemap(a, 6M)
smaps(b, 4M)
pagemap(b, 4M)
fstat(fd)
vmstat()
mthp()
