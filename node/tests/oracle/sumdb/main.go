// Reads a log directory as a client of Go's checksum database would: golang.org/x/mod/sumdb.
//
// Arguments: the published folder (checkpoint, tile/...), and the file with the log's verifier key. Opens the
// checkpoint with note.Open, authenticates every tile of its tree with tlog.TileHashReader, checks that every entry has
// the authenticated record hash, and that every other file below tile/ is an earlier, narrower form of one of these.
// Prints "OK tiles=T entries=E earlier=P"; anything wrong ends the program with a message.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// tlogPath is the tile's path in C2SP tlog-tiles, which has no height in it.
func tlogPath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func entriesPath(tile tlog.Tile) string {
	return strings.Replace(tlogPath(tile), "tile/0/", "tile/entries/", 1)
}

type directory struct {
	path string
	read map[string][]byte
}

func (d *directory) file(path string) []byte {
	data, err := os.ReadFile(filepath.Join(d.path, path))
	check(err)
	d.read[path] = data
	return data
}

func (d *directory) Height() int { return height }

func (d *directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		data = append(data, d.file(tlogPath(tile)))
	}
	return data, nil
}

func (d *directory) SaveTiles([]tlog.Tile, [][]byte) {}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func openTree(path, vkeyFile string) tlog.Tree {
	vkey, err := os.ReadFile(vkeyFile)
	check(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(vkey)))
	check(err)
	message, err := os.ReadFile(filepath.Join(path, "checkpoint"))
	check(err)
	signed, err := note.Open(message, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		log.Fatalf("not a checkpoint of %s: %q", verifier.Name(), signed.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	if copy(tree.Hash[:], root) != tlog.HashSize {
		log.Fatal("root hash of the wrong length")
	}
	return tree
}

func checkEntries(data []byte, hashes []tlog.Hash) {
	for i, hash := range hashes {
		if len(data) < 2 {
			log.Fatalf("entry bundle ends before entry %d", i)
		}
		length := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+length {
			log.Fatalf("entry bundle ends inside entry %d", i)
		}
		if tlog.RecordHash(data[2:2+length]) != hash {
			log.Fatalf("entry %d of its bundle has another hash", i)
		}
		data = data[2+length:]
	}
	if len(data) != 0 {
		log.Fatal("bytes after the last entry of a bundle")
	}
}

func main() {
	path, vkeyFile := os.Args[1], os.Args[2]
	tree := openTree(path, vkeyFile)
	dir := &directory{path: path, read: map[string][]byte{}}
	reader := tlog.TileHashReader(tree, dir)
	tiles, entries := 0, int64(0)
	for _, tile := range tilesOf(tree.N) {
		var indexes []int64
		for i := 0; i < tile.W; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(height*tile.L, tile.N<<height+int64(i)))
		}
		hashes, err := reader.ReadHashes(indexes)
		check(err)
		data := dir.file(tlogPath(tile))
		var expected []byte
		for _, hash := range hashes {
			expected = append(expected, hash[:]...)
		}
		if !bytes.Equal(data, expected) {
			log.Fatalf("%s is not what was authenticated", tlogPath(tile))
		}
		tiles++
		if tile.L == 0 {
			checkEntries(dir.file(entriesPath(tile)), hashes)
			tiles++
			entries += int64(len(hashes))
		}
	}
	if entries != tree.N {
		log.Fatalf("%d entries in a tree of %d", entries, tree.N)
	}
	fmt.Printf("OK tiles=%d entries=%d earlier=%d\n", tiles, entries, earlier(dir))
}

// tilesOf lists the tiles of a tree of this size. (tlog.NewTiles lists those of every smaller size, too.)
func tilesOf(size int64) (tiles []tlog.Tile) {
	for level, count := 0, size; count > 0; level, count = level+1, count>>height {
		for n := int64(0); n < count>>height; n++ {
			tiles = append(tiles, tlog.Tile{H: height, L: level, N: n, W: 1 << height})
		}
		if width := int(count & (1<<height - 1)); width > 0 {
			tiles = append(tiles, tlog.Tile{H: height, L: level, N: count >> height, W: width})
		}
	}
	return tiles
}

var partial = regexp.MustCompile(`\.p/[0-9]+$`)

// earlier counts the partial tiles of earlier trees; each begins a file of the present one.
func earlier(dir *directory) (count int) {
	present := map[string][]byte{}
	for path, data := range dir.read {
		present[partial.ReplaceAllString(path, "")] = data
	}
	check(filepath.WalkDir(filepath.Join(dir.path, "tile"), func(path string, entry fs.DirEntry, err error) error {
		check(err)
		name, err := filepath.Rel(dir.path, path)
		check(err)
		if entry.IsDir() || dir.read[name] != nil {
			return nil
		}
		data, err := os.ReadFile(path)
		check(err)
		if now := present[partial.ReplaceAllString(name, "")]; len(data) == 0 || !bytes.HasPrefix(now, data) {
			log.Fatalf("%s is not part of the tree", name)
		}
		count++
		return nil
	}))
	return count
}
