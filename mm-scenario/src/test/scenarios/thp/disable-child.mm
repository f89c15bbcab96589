# a child that turns huge pages off for itself
echo always > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
a = mmap(0x210000000000, 8M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED_NOREPLACE, -1, 0)
store(a)
child {
  prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0)
  status()
  store(a+2M)
  pagemap(a, 8M)
  smaps(a, 8M)
  madvise(a+4M, 2M, MADV_HUGEPAGE)
  store(a+4M)
  pagemap(a, 8M)
  prctl(PR_SET_THP_DISABLE, 1, PR_THP_DISABLE_EXCEPT_ADVISED, 0, 0)
  prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
  store(a+6M)
  madvise(a+4M, 2M, MADV_DONTNEED)
  store(a+4M)
  pagemap(a, 8M)
  smaps(a, 8M)
}
prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0)
store(a+6M)
smaps(a, 8M)
pagemap(a, 8M)
