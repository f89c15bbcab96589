# options in all their forms
echo 0 > /proc/sys/vm/hugetlb_optimize_vmemmap
echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages
echo 6 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
mount -t hugetlbfs -o pagesize=2048K,size=6M,mode=755,uid=5,gid=6 none /mnt/a
statfs("/mnt/a")
mount -t hugetlbfs -o size=0 none /mnt/b
statfs("/mnt/b")
f = open("/mnt/b/f", O_RDWR|O_CREAT)
m = mmap(0x100100000000, 2M, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_FIXED_NOREPLACE, f, 0)
mount -t hugetlbfs -o size=1M none /mnt/c
statfs("/mnt/c")
mount -t hugetlbfs -o nr_inodes=0 none /mnt/d
g = open("/mnt/d/f", O_RDWR|O_CREAT)
mount -t hugetlbfs -o nr_inodes=2k none /mnt/e
mount -t hugetlbfs -o min_size=50% none /mnt/i
hugetlb(2M)
statfs("/mnt/i")
mount -t hugetlbfs -o size=x none /mnt/j
mount -t hugetlbfs -o pagesize=0 none /mnt/k
mount -t hugetlbfs -o pagesize=x none /mnt/l
mount -t hugetlbfs -o uid=x none /mnt/m
mount -t hugetlbfs -o mode=9 none /mnt/n
mount -t hugetlbfs -o size=4M,min_size=4M none /mnt/o
hugetlb(2M)
umount /mnt/i
umount /mnt/o
hugetlb(2M)
mount -t hugetlbfs none /mnt/p
statfs("/mnt/p")
mount -t hugetlbfs -o ro none /mnt/q
q = open("/mnt/q/f", O_RDWR|O_CREAT)
