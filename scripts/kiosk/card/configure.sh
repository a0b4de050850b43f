#!/bin/bash
# Runs in the root of the card, its packages and the kiosk installed: what a machine that nobody looks after needs, and
# nothing that it does not.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
version=$1

echo backcare >/etc/hostname
printf '127.0.0.1 localhost backcare\n::1 localhost\n' >/etc/hosts
: >/etc/fstab # the root by the boot parameters, the state by the initramfs
echo 'LABEL=VBCBOOT /boot/firmware vfat ro,nofail,umask=0022,x-systemd.device-timeout=20s 0 0' >>/etc/fstab
# One for all cards of a version: it is known nowhere, and a new one at each start would be a first start each time.
printf '%s' "voice-backcare $version" | sha256sum | cut -c 1-32 >/etc/machine-id
passwd --lock root >/dev/null

mkdir -p /var/lib/voice-backcare # what the initramfs mounts the state on
install -D -m 755 "$here/grow" /usr/local/lib/voice-backcare/grow
install -m 644 "$here/voice-backcare-grow.service" /etc/systemd/system/
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -sf /etc/systemd/system/voice-backcare-grow.service /etc/systemd/system/multi-user.target.wants/

# No network, no updates, no login, no housekeeping of a root that cannot change.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    getty@.service getty-static.service serial-getty@.service console-getty.service man-db.timer \
    systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service systemd-timesyncd.service \
    systemd-firstboot.service systemd-hwdb-update.service ldconfig.service systemd-machine-id-commit.service \
    systemd-pstore.service systemd-random-seed.service systemd-rfkill.service systemd-rfkill.socket; do
    ln -sf /dev/null "/etc/systemd/system/$unit"
done
mkdir -p /etc/systemd/logind.conf.d /etc/systemd/journald.conf.d
printf '[Login]\nNAutoVTs=0\nReserveVT=0\n' >/etc/systemd/logind.conf.d/kiosk.conf
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=8M\n' >/etc/systemd/journald.conf.d/kiosk.conf

# The settings stand where every computer can edit them: on the card's FAT partition.
for unit in voice-backcare voice-backcare-starting; do
    mkdir -p "/etc/systemd/system/$unit.service.d"
    printf '[Unit]\nWants=boot-firmware.mount\nAfter=boot-firmware.mount\n[Service]\nEnvironment=VOICE_BACKCARE_SETTINGS=/boot/firmware/voice-backcare.toml\n' \
        >"/etc/systemd/system/$unit.service.d/card.conf"
done
sed -i 's#/etc/voice-backcare/settings.toml#/boot/firmware/voice-backcare.toml#g' /usr/local/bin/voice-backcare
sed 's/$/\r/' /etc/voice-backcare/settings.toml >/boot/firmware/voice-backcare.toml # Notepad shows it as lines too

install -D -m 755 "$here/overlay" /etc/initramfs-tools/scripts/init-bottom/voice-backcare
cat >/etc/initramfs-tools/hooks/voice-backcare <<'HOOK'
#!/bin/sh
[ "$1" != prereqs ] || exit 0
. /usr/share/initramfs-tools/hook-functions
copy_exec /sbin/e2fsck
copy_exec /sbin/modprobe
HOOK
chmod 755 /etc/initramfs-tools/hooks/voice-backcare
update-initramfs -u -k all
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/*.log /var/log/apt /var/cache/debconf/*-old /usr/share/doc/* /usr/share/man/*
