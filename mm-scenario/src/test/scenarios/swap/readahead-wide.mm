# Five is the most for pages around an address; an area of its own begins anew, parts of a split one go on
echo 7 > /proc/sys/vm/page-cluster
swapon(64M)
a = mmap(0x200000000000, 512K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)
store(a, 512K)
child {
  madvise(a, 512K, MADV_PAGEOUT)
  parent {
    madvise(a, 512K, MADV_PAGEOUT)
    pagemap(a, 512K)
  }
  load(a, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+4K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+8K, 40K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+300K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+400K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+396K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  load(a+392K, 4K)
  load(a+388K, 4K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  store(a+48K, 40K)
  vmstat(swap_ra, swap_ra_hit, pswpin)
  pagemap(a, 512K)
  parent {
    load(a, 128K)
    vmstat(swap_ra, swap_ra_hit, pswpin)
    store(a+128K, 64K)
    vmstat(swap_ra, swap_ra_hit, pswpin)
  }
}
load(a+200K, 4K)
vmstat(swap_ra, swap_ra_hit, pswpin)
store(a, 512K)
vmstat(swap_ra, swap_ra_hit, pswpin)
smaps(a, 512K)
