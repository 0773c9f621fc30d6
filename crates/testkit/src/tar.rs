//! A tar writer that writes what no sane tool writes: any name, any header, bytes between and after members.

/// How a name is written that a header has no room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LongNames {
    /// As a PAX record.
    #[default]
    Pax,
    /// As a member of its own before the member, as GNU tar did it first.
    Gnu,
}

/// One member of a layer.
#[derive(Clone, Debug)]
pub struct Member {
    /// The name as it stands in the header.
    pub name: Vec<u8>,
    /// The typeflag: `0` file, `5` directory, `1` hard link, `2` symbolic link.
    pub kind: u8,
    /// The target of a link.
    pub link: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
    /// User name.
    pub user: Vec<u8>,
    /// Group name.
    pub group: Vec<u8>,
    /// PAX records written before the member.
    pub pax: Vec<(String, Vec<u8>)>,
    /// Bytes in the padding after the body, as far as there is room.
    pub padding: Vec<u8>,
    /// Bytes in the name field behind the end of the name, as far as there is room.
    pub after_name: Vec<u8>,
    /// How long names are written.
    pub long_names: LongNames,
    /// Bytes anywhere in the header, by their offset in it, written last: the map of an old GNU sparse file.
    pub raw: Vec<(usize, Vec<u8>)>,
}

impl Member {
    fn new(name: &[u8], kind: u8) -> Self {
        Self {
            name: name.to_vec(),
            kind,
            link: Vec::new(),
            body: Vec::new(),
            user: b"root".to_vec(),
            group: b"root".to_vec(),
            pax: Vec::new(),
            padding: Vec::new(),
            after_name: Vec::new(),
            long_names: LongNames::default(),
            raw: Vec::new(),
        }
    }
}

/// The content of one layer.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// The members in order.
    pub members: Vec<Member>,
    /// Bytes after the end-of-archive blocks.
    pub tail: Vec<u8>,
}

impl Layer {
    /// An empty layer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A regular file.
    #[must_use]
    pub fn file(self, name: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        let mut member = Member::new(name.as_ref(), b'0');
        member.body = body.as_ref().to_vec();
        self.member(member)
    }

    /// A directory.
    #[must_use]
    pub fn directory(self, name: &str) -> Self {
        self.member(Member::new(format!("{name}/").as_bytes(), b'5'))
    }

    /// A symbolic link.
    #[must_use]
    pub fn symlink(self, name: &str, target: impl AsRef<[u8]>) -> Self {
        let mut member = Member::new(name.as_bytes(), b'2');
        member.link = target.as_ref().to_vec();
        self.member(member)
    }

    /// A hard link.
    #[must_use]
    pub fn hard_link(self, name: &str, target: &str) -> Self {
        let mut member = Member::new(name.as_bytes(), b'1');
        member.link = target.as_bytes().to_vec();
        self.member(member)
    }

    /// A whiteout: hides `name` of lower layers.
    #[must_use]
    pub fn whiteout(self, name: &str) -> Self {
        let (directory, base) = name.rsplit_once('/').map_or(("", name), |(d, b)| (d, b));
        let slash = if directory.is_empty() { "" } else { "/" };
        self.member(Member::new(format!("{directory}{slash}.wh.{base}").as_bytes(), b'0'))
    }

    /// An opaque marker: hides everything that lower layers put below `directory`.
    #[must_use]
    pub fn opaque(self, directory: &str) -> Self {
        self.member(Member::new(format!("{directory}/.wh..wh..opq").as_bytes(), b'0'))
    }

    /// Any member.
    #[must_use]
    pub fn member(mut self, member: Member) -> Self {
        self.members.push(member);
        self
    }

    /// Changes the last member.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Member)) -> Self {
        change(self.members.last_mut().expect("a member was added before"));
        self
    }

    /// A sparse file as GNU tar wrote it first: the map of its one stretch is in the header.
    #[must_use]
    pub fn gnu_sparse(self, name: &str, body: impl AsRef<[u8]>) -> Self {
        let length = body.as_ref().len();
        let number = |number: usize| format!("{number:011o}\0").into_bytes();
        self.file(name, body).with(|member| {
            member.kind = b'S';
            member.raw = vec![
                (257, b"ustar  \0".to_vec()),
                (386, number(4096)),
                (398, number(length)),
                (483, number(4096 + length)),
            ];
        })
    }

    /// A sparse file in the form 1.0 of PAX: its map is the first block of the body.
    #[must_use]
    pub fn pax_sparse(self, name: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut stored = format!("1\n4096\n{}\n", body.len()).into_bytes();
        stored.resize(512, 0);
        stored.extend_from_slice(body);
        let real = (4096 + body.len()).to_string().into_bytes();
        self.file(format!("GNUSparseFile.0/{name}"), stored).with(|member| {
            let record = |key: &str, value: &[u8]| (format!("GNU.sparse.{key}"), value.to_vec());
            member.pax.extend([
                record("major", b"1"),
                record("minor", b"0"),
                record("name", name.as_bytes()),
                record("realsize", &real),
            ]);
        })
    }

    /// Bytes after the end of the archive.
    #[must_use]
    pub fn tail(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.tail.extend_from_slice(bytes.as_ref());
        self
    }

    /// The tar stream.
    #[must_use]
    pub fn tar(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for member in &self.members {
            write_member(member, &mut out);
        }
        out.resize(out.len() + 1024, 0);
        out.extend_from_slice(&self.tail);
        out
    }
}

fn write_member(member: &Member, out: &mut Vec<u8>) {
    let mut records = member.pax.clone();
    for (long, record, flag) in [(&member.name, "path", b'L'), (&member.link, "linkpath", b'K')] {
        match member.long_names {
            _ if long.len() <= 100 => {}
            LongNames::Pax => records.push((record.into(), long.clone())),
            LongNames::Gnu => {
                let body = [long.as_slice(), b"\0"].concat();
                out.extend_from_slice(&header(b"././@LongLink", flag, body.len(), &Member::new(b"", flag)));
                write_body(&body, &[], out);
            }
        }
    }
    if !records.is_empty() {
        let body: Vec<u8> = records.iter().flat_map(|(key, value)| pax_record(key, value)).collect();
        out.extend_from_slice(&header(b"pax", b'x', body.len(), &Member::new(b"pax", b'x')));
        write_body(&body, &[], out);
    }
    out.extend_from_slice(&header(&member.name, member.kind, member.body.len(), member));
    write_body(&member.body, &member.padding, out);
}

fn pax_record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    let mut record = format!("{length} {key}=").into_bytes();
    record.extend_from_slice(value);
    record.push(b'\n');
    record
}

fn write_body(body: &[u8], padding: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(body);
    let room = (512 - body.len() % 512) % 512;
    let written = room.min(padding.len());
    out.extend_from_slice(&padding[..written]);
    out.resize(out.len() + room - written, 0);
}

fn header(name: &[u8], kind: u8, size: usize, member: &Member) -> [u8; 512] {
    let mut block = [0u8; 512];
    let after = (name.len() + 1).min(100);
    put(&mut block, after, 100 - after, &member.after_name);
    put(&mut block, 0, 100, name);
    put(&mut block, 100, 8, b"0000644\0");
    put(&mut block, 108, 8, b"0000000\0");
    put(&mut block, 116, 8, b"0000000\0");
    put(&mut block, 124, 12, format!("{size:011o}\0").as_bytes());
    put(&mut block, 136, 12, b"14000000000\0");
    put(&mut block, 148, 8, b"        ");
    block[156] = kind;
    put(&mut block, 157, 100, &member.link);
    put(&mut block, 257, 8, b"ustar\x0000");
    put(&mut block, 265, 32, &member.user);
    put(&mut block, 297, 32, &member.group);
    for (at, bytes) in &member.raw {
        put(&mut block, *at, bytes.len(), bytes);
    }
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    put(&mut block, 148, 8, format!("{sum:06o}\0 ").as_bytes());
    block
}

fn put(block: &mut [u8; 512], at: usize, room: usize, bytes: &[u8]) {
    let length = bytes.len().min(room);
    block[at..at + length].copy_from_slice(&bytes[..length]);
}
