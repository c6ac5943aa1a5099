//! Whether a path is on a network file system, where other machines' writes cause no inotify events.

use std::path::Path;

/// `f_type` of network and user-space file systems: NFS, SMB, CIFS, FUSE (sshfs), 9p, AFS, Ceph, Lustre, GPFS.
const REMOTE: [u32; 9] = [
    0x6969,
    0xfe53_4d42,
    0xff53_4d42,
    0x6573_5546,
    0x0102_1997,
    0x5346_414f,
    0x00c3_6400,
    0x0bd0_0bd0,
    0x4750_4653,
];

/// By `statfs`; where that fails, no.
#[cfg(target_os = "linux")]
pub fn is_remote(path: &Path) -> bool {
    rustix::fs::statfs(path).is_ok_and(|s| REMOTE.contains(&(s.f_type as u32)))
}

/// Elsewhere than on Linux we cannot tell: poll.
#[cfg(not(target_os = "linux"))]
pub fn is_remote(_: &Path) -> bool {
    let _ = REMOTE;
    true
}
