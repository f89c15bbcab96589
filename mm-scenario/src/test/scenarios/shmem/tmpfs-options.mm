# options that tmpfs takes and refuses at mount and remount
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
echo always > /sys/kernel/mm/transparent_hugepage/defrag
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled
echo 1 > /sys/kernel/mm/transparent_hugepage/use_zero_page
echo never > /sys/kernel/mm/transparent_hugepage/shmem_enabled
echo inherit > /sys/kernel/mm/transparent_hugepage/hugepages-2048kB/shmem_enabled
mount -t tmpfs -o size=1000 tmpfs /mnt/t
statfs("/mnt/t")
mount -o remount,size=50% /mnt/t
mount -o remount,nr_blocks=512 /mnt/t
statfs("/mnt/t")
mount -o remount,size=-1 /mnt/t
mount -o remount,size=1Q /mnt/t
mount -o remount,bar=1 /mnt/t
mount -o remount,huge=ALWAYS /mnt/t
mount -o remount,huge=force /mnt/t
mount -o remount,huge=advise,size=3M /mnt/t
statfs("/mnt/t")
mount -o remount,mode=1777 /mnt/t
mount -o remount,mode=9 /mnt/t
mount -o remount,noswap /mnt/t
mount -t tmpfs -o size=4M,size=2M tmpfs /mnt/u
statfs("/mnt/u")
mount -t tmpfs -o nr_blocks=100,huge=within_size tmpfs /mnt/v
statfs("/mnt/v")
mount -t tmpfs -o huge=within_size,huge=never tmpfs /mnt/w
f = open("/mnt/w/f", O_RDWR|O_CREAT)
fstat(f)
mount -o remount,huge=always /mnt/w
fstat(f)
ftruncate(f, 1M)
mount -o remount,huge=within_size /mnt/w
fstat(f)
ftruncate(f, 2M)
fstat(f)
mount -o remount,huge=advise /mnt/w
fstat(f)
mount -t tmpfs -o nosuchoption tmpfs /mnt/x
mount -t nosuchfs none /mnt/x
mount -o remount,huge=always /mnt/x
umount /mnt/x
