package install

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// imageConfig is what an engine reads of the image, as far as the steps look at it.
type imageConfig struct {
	Architecture string
	Config       struct {
		Entrypoint, Cmd, Env []string
		WorkingDir           string
		Healthcheck          struct{ Test []string }
	}
	RootFS struct {
		DiffIDs []string `json:"diff_ids"`
	}
}

// imaged are the steps around the container's image.
func (r *run) imaged() []step {
	return []step{
		{"image: it is built of Debian's packages, as engines load it", r.buildImage},
		{"image: what is in it serves and takes pictures", r.serveImage},
	}
}

// buildImage builds the image and unpacks it, as an engine does.
func (r *run) buildImage(ctx context.Context) error {
	file, image := filepath.Join(r.folder, "image.tar"), filepath.Join(r.folder, "image")
	if _, err := os.Stat(r.deb(version)); err != nil {
		if err := r.buildPackage(ctx, r.deb(version)); err != nil {
			return err
		}
	}
	if _, err := r.inRoot(ctx, []string{"PACKAGE=" + r.deb(version), "OUT=" + file}, "scripts/image.sh"); err != nil {
		return err
	}
	defer os.Remove(file)
	if err := os.Mkdir(image, 0o755); err != nil {
		return err
	}
	if _, err := command(ctx, "tar", "-xf", file, "-C", image); err != nil {
		return err
	}
	var manifest []struct {
		Config           string
		RepoTags, Layers []string
	}
	if err := readJSON(filepath.Join(image, "manifest.json"), &manifest); err != nil {
		return err
	}
	if len(manifest) != 1 || len(manifest[0].Layers) != 1 || len(manifest[0].RepoTags) != 1 {
		return fmt.Errorf("the manifest is %+v", manifest)
	}
	if err := readJSON(filepath.Join(image, manifest[0].Config), &r.image); err != nil {
		return err
	}
	layer := filepath.Join(image, manifest[0].Layers[0])
	sum, err := command(ctx, "sha256sum", layer)
	if err != nil || len(r.image.RootFS.DiffIDs) != 1 || "sha256:"+strings.Fields(sum)[0] != r.image.RootFS.DiffIDs[0] {
		return errors.Join(fmt.Errorf("the layer is %s, and the image says %v", sum, r.image.RootFS.DiffIDs), err)
	}
	if err := os.Mkdir(r.imageRoot(), 0o755); err != nil {
		return err
	}
	if _, err := command(ctx, "tar", "-xf", layer, "--xattrs", "--numeric-owner", "-C", r.imageRoot()); err != nil {
		return err
	}
	return os.RemoveAll(image)
}

func (r *run) imageRoot() string { return filepath.Join(r.folder, "container") }

// serveImage runs the entrypoint in the image's files below an init, as an engine does, and takes a picture. The
// network is this machine's.
func (r *run) serveImage(ctx context.Context) error {
	if len(r.image.Config.Entrypoint) == 0 || len(r.image.Config.Healthcheck.Test) < 2 {
		return errors.New("there is no image, or it has no entrypoint or no health check")
	}
	if err := r.startOutside(ctx); err != nil {
		return err
	}
	const database = "image"
	if err := r.makeDatabase(ctx, database); err != nil {
		return err
	}
	lines, err := r.settingsOn(database)
	if err != nil {
		return err
	}
	env := slices.Concat([]string{"env", "-i", "-C", r.image.Config.WorkingDir}, r.image.Config.Env, lines)
	container := nspawn(r.imageRoot(), slices.Concat([]string{"--as-pid2"}, env, r.image.Config.Entrypoint, r.image.Config.Cmd, []string{"--migrate"})...)
	if err := container.Start(); err != nil {
		return err
	}
	defer container.Kill()
	if err := container.Ready(ctx, r.people.address+"/readyz"); err != nil {
		return err
	}
	inside := func(ctx context.Context, args ...string) (string, error) {
		return command(ctx, "chroot", slices.Concat([]string{r.imageRoot()}, env, args)...)
	}
	if _, err := inside(ctx, r.image.Config.Healthcheck.Test[1:]...); err != nil {
		return fmt.Errorf("the health check: %w", err)
	}
	err = r.signUp(ctx, func(ctx context.Context, args ...string) (string, error) {
		return inside(ctx, slices.Concat(r.image.Config.Entrypoint, args)...)
	})
	if err == nil {
		err = r.capture(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, tail(container.Output()))
	}
	return nil
}

// makeDatabase makes an empty database beside the one of the package.
func (r *run) makeDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, r.database.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "create database "+name)
	return errors.Join(err, conn.Close(ctx))
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
