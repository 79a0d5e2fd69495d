// Command yaml-reference reads YAML as kubectl v1.24 reads the file of `kubectl create -f`: the
// decoder is that of kubectl (k8s.io/apimachinery v0.24.17, sigs.k8s.io/yaml v1.2.0), unmodified.
//
// It reads one stream on stdin and prints a line of JSON for each of its documents:
// {"json": …} or {"error": "…"}. An empty document, which kubectl passes over, is {"json": null}.
// Nothing follows an error, as kubectl stops there.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// sniffed is how many bytes kubectl looks at to tell JSON from YAML
// (k8s.io/cli-runtime v0.24.17, pkg/resource/visitor.go, StreamVisitor.Visit).
const sniffed = 4096

// document is one line of output.
type document struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

func main() {
	strict := flag.Bool("strict", false, "read all as YAML, and refuse a key that comes twice in a mapping")
	many := flag.Bool("0", false, "read many streams, each ended by a NUL, and print for each one line, an array of documents")
	flag.Parse()

	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	err := run(bufio.NewReaderSize(os.Stdin, 1<<20), out, *strict, *many)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "yaml-reference:", err)
		os.Exit(1)
	}
}

func run(in *bufio.Reader, out io.Writer, strict, many bool) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if !many {
		stream, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		for _, doc := range read(stream, strict) {
			if err := enc.Encode(doc); err != nil {
				return err
			}
		}
		return nil
	}
	for {
		stream, err := in.ReadBytes(0)
		if errors.Is(err, io.EOF) && len(stream) > 0 {
			return errors.New("the last stream is not ended by a NUL")
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := enc.Encode(read(bytes.TrimSuffix(stream, []byte{0}), strict)); err != nil {
			return err
		}
	}
}

// read splits a stream into its documents and decodes each.
func read(stream []byte, strict bool) []document {
	next := kubectlReader(stream)
	if strict {
		next = strictReader(stream)
	}
	docs := []document{}
	for {
		raw, err := next()
		if errors.Is(err, io.EOF) {
			return docs
		}
		if err != nil {
			return append(docs, document{Error: err.Error()})
		}
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			raw = []byte("null")
		}
		docs = append(docs, document{JSON: raw})
	}
}

// kubectlReader decodes the documents as kubectl does: a stream that begins with a brace is JSON.
func kubectlReader(stream []byte) func() ([]byte, error) {
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(stream), sniffed)
	return func() ([]byte, error) {
		var into runtime.RawExtension
		err := decoder.Decode(&into)
		return into.Raw, err
	}
}

// strictReader splits as kubectl splits YAML, and decodes each document strictly.
func strictReader(stream []byte) func() ([]byte, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream)))
	return func() ([]byte, error) {
		data, err := reader.Read()
		if err != nil {
			return nil, err
		}
		var into runtime.RawExtension
		err = yaml.UnmarshalStrict(data, &into)
		return into.Raw, err
	}
}
