# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The official Python SDKs take the emulator for the service: every operation that the collection needs."""

from __future__ import annotations

import typing as t

import huaweicloudsdkiam.v3 as iam_v3
import huaweicloudsdkims.v2 as ims_v2
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ServerResponseException

from tests.emulator import seed, seed_images
from tests.emulator.testing import Emulator
from tests.emulator_tests import sdk

NORTH, SOUTH = "cn-north-4", "cn-south-1"
# The SDK calls what newer Pythons deprecate, and deprecates operations of its own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(params=[seed.OPERATOR_KEY, seed.TEMPORARY_KEY], ids=["permanent key", "temporary key"])
def key(request: pytest.FixtureRequest) -> seed.AccessKey:
    found: seed.AccessKey = request.param
    return found


@pytest.fixture
def north(emulator: Emulator, key: seed.AccessKey) -> t.Any:
    return sdk.ims(emulator, NORTH, key)


@pytest.fixture
def south(emulator: Emulator, key: seed.AccessKey) -> t.Any:
    return sdk.ims(emulator, SOUTH, key)


@pytest.fixture
def iam(emulator: Emulator, key: seed.AccessKey) -> t.Any:
    return sdk.iam(emulator, key)


def copy(client: t.Any, image_id: str, **changes: t.Any) -> str:
    values = {"name": "replica", "region": SOUTH, "project_name": SOUTH, "agency_name": "ims_copy_image", **changes}
    body = ims_v2.CopyImageCrossRegionRequestBody(**values)
    return str(client.copy_image_cross_region(ims_v2.CopyImageCrossRegionRequest(image_id, body)).job_id)


def test_list_gives_the_attributes_of_an_image(north: t.Any) -> None:
    [image] = north.list_images(ims_v2.ListImagesRequest(name="ubuntu-22.04-web")).images
    assert (image.id, image.owner, image.status) == (seed_images.UBUNTU_WEB, seed.CN_NORTH_4.id, "active")
    assert (image.image_size, image.min_disk, image.max_ram) == (str(3 * seed_images.GIB), 40, "0")
    assert (image.os_type, image.platform, image.virtual_env_type) == ("Linux", "Ubuntu", "FusionCompute")
    assert image.tags == ["env=prod", "role=web"]
    assert image.description == "web server base"


def test_list_takes_every_kind_of_filter_through_the_signature(north: t.Any) -> None:
    request = ims_v2.ListImagesRequest(
        imagetype="private", isregistered="true", tag="env=prod", created_at="gt:2026-01-01T00:00:00Z", protected=False,
        os_type="Linux", sort_key="name", sort_dir="asc", limit=10, owner=seed.CN_NORTH_4.id,
    )  # fmt: skip
    assert [image.name for image in north.list_images(request).images] == ["debian-12-db", "ubuntu-22.04-web"]


def test_a_name_that_needs_encoding_arrives_as_it_was_signed(north: t.Any) -> None:
    assert north.list_images(ims_v2.ListImagesRequest(name="base image ~1+2/\u4e2d\u6587 &=%")).images == []


def test_list_pages_by_marker_until_an_empty_page(north: t.Any) -> None:
    seen: list[str] = []
    marker = None
    while True:
        page = north.list_images(ims_v2.ListImagesRequest(limit=5, marker=marker)).images
        if not page:
            break
        seen += [image.id for image in page]
        marker = page[-1].id
    assert len(seen) == len(set(seen)) == 19


def test_page_info_is_parsed_when_it_is_sent(emulator: Emulator, north: t.Any) -> None:
    emulator.switch(page_info=True)
    page = north.list_images(ims_v2.ListImagesRequest(limit=5))
    assert page.page_info.next_marker == page.images[-1].id


def test_show_gives_one_image(north: t.Any) -> None:
    image = north.glance_show_image(ims_v2.GlanceShowImageRequest(image_id=seed_images.ENCRYPTED_VAULT))
    assert image.name == "encrypted-vault"
    assert image.system__cmkid


def test_the_native_list_links_to_its_next_page(emulator: Emulator, north: t.Any) -> None:
    first = north.glance_list_images(ims_v2.GlanceListImagesRequest(limit=3))
    assert len(first.images) == 3
    assert first.next.endswith(f"marker={first.images[-1].id}")


def test_a_copy_is_followed_to_its_end_and_leaves_a_replica(emulator: Emulator, north: t.Any, south: t.Any) -> None:
    job_id = copy(north, seed_images.UBUNTU_WEB, description="nightly")
    emulator.advance(45)
    progress = north.show_job_progress(ims_v2.ShowJobProgressRequest(job_id=job_id))
    assert (progress.status, progress.job_type) == ("RUNNING", "imsCrossRegionCopyImageJob")
    assert progress.entities.process_percent == pytest.approx(0.5, abs=0.02)
    assert progress.entities.image_name == "replica"

    emulator.advance(45)
    job = north.show_job(ims_v2.ShowJobRequest(job_id=job_id))
    assert (job.status, job.entities.process_percent, job.error_code) == ("SUCCESS", 1, None)
    [replica] = south.list_images(ims_v2.ListImagesRequest(id=job.entities.image_id)).images
    assert (replica.name, replica.status, replica.owner) == ("replica", "active", seed.CN_SOUTH_1.id)
    assert replica.data_origin == f"image,{NORTH},{seed_images.UBUNTU_WEB}"
    assert replica.description == "nightly"


@pytest.mark.parametrize("where", ["top", "entities", "sub_job"])
def test_both_job_queries_carry_a_failure_wherever_it_stands(emulator: Emulator, north: t.Any, where: str) -> None:
    emulator.outcome(
        image_id=seed_images.UBUNTU_WEB, status="FAIL", error_code="IMG.0151", fail_reason="no permission", where=where
    )
    job_id = copy(north, seed_images.UBUNTU_WEB)
    emulator.advance(300)
    job = north.show_job(ims_v2.ShowJobRequest(job_id=job_id))
    progress = north.show_job_progress(ims_v2.ShowJobProgressRequest(job_id=job_id))
    assert job.status == progress.status == "FAIL"
    sub = next(iter(job.entities.sub_jobs_result or []), None)
    places = {
        "top": (job.error_code, job.fail_reason),
        "entities": (job.entities.error_code, job.entities.error),
        "sub_job": (sub.error_code, sub.fail_reason) if sub else (None, None),
    }
    assert places.pop(where) == ("IMG.0151", "no permission")
    assert set(places.values()) == {(None, None)}


def test_quota_counts_the_images_of_the_project(south: t.Any) -> None:
    [resource] = south.show_image_quota(ims_v2.ShowImageQuotaRequest()).quotas.resources
    assert (resource.type, resource.used, resource.quota) == ("image", 2, 50)


def test_tags_are_added_listed_and_deleted(emulator: Emulator, north: t.Any) -> None:
    image_id = seed_images.ROCKY_BATCH
    tag = ims_v2.ResourceTag(key="team", value="batch")
    north.add_image_tag(ims_v2.AddImageTagRequest(image_id=image_id, body=ims_v2.AddImageTagRequestBody(tag=tag)))
    more = ims_v2.BatchAddOrDeleteTagsRequestBody(
        action="create", tags=[ims_v2.ResourceTag("env", "prod"), ims_v2.ResourceTag("team", "night")]
    )
    north.batch_add_or_delete_tags(ims_v2.BatchAddOrDeleteTagsRequest(image_id=image_id, body=more))
    listed = north.list_image_tags(ims_v2.ListImageTagsRequest(image_id=image_id)).tags
    assert {(tag.key, tag.value) for tag in listed} == {("team", "night"), ("env", "prod")}

    north.delete_image_tag(ims_v2.DeleteImageTagRequest(image_id=image_id, key="team"))
    assert emulator.image("rocky-9-batch")["tags"] == ["env=prod"]


def test_the_tags_of_a_project_are_gathered_by_key(north: t.Any) -> None:
    gathered = {tag.key: tag.values for tag in north.list_images_tags(ims_v2.ListImagesTagsRequest()).tags}
    assert gathered == {"env": ["prod", "test"], "role": ["web"]}


def test_update_changes_an_active_image(emulator: Emulator, north: t.Any) -> None:
    patch = [
        ims_v2.UpdateImageRequestBody(op="replace", path="/name", value="rocky-9-nightly"),
        ims_v2.UpdateImageRequestBody(op="add", path="/min_ram", value="2048"),
    ]
    updated = north.update_image(ims_v2.UpdateImageRequest(image_id=seed_images.ROCKY_BATCH, body=patch))
    assert (updated.name, updated.min_ram) == ("rocky-9-nightly", 2048)
    assert emulator.image("rocky-9-nightly")["id"] == seed_images.ROCKY_BATCH


def test_the_native_update_is_taken_with_an_unsigned_payload(emulator: Emulator, north: t.Any) -> None:
    patch = [ims_v2.GlanceUpdateImageRequestBody(op="replace", path="/name", value="renamed")]
    north.glance_update_image(ims_v2.GlanceUpdateImageRequest(image_id=seed_images.ROCKY_BATCH, body=patch))
    assert emulator.image("renamed")["id"] == seed_images.ROCKY_BATCH


def test_delete_takes_an_image_away(emulator: Emulator, north: t.Any) -> None:
    north.glance_delete_image(ims_v2.GlanceDeleteImageRequest(image_id=seed_images.CENTOS_LEGACY))
    assert seed_images.CENTOS_LEGACY not in {raw["id"] for raw in emulator.images(NORTH)}


def test_versions_are_told(north: t.Any) -> None:
    assert north.list_versions(ims_v2.ListVersionsRequest()).versions[0].id == "v2"


def test_the_sdk_finds_the_project_of_a_region_by_itself(emulator: Emulator) -> None:
    """It keeps what it found for a key and a region, so the pair is one that no other test uses."""
    sdk.ims(emulator, "ap-southeast-3", seed.READER_KEY).list_images(ims_v2.ListImagesRequest())
    [asked, listed] = emulator.journal()
    assert (asked["operation"], asked["query"]) == ("ListProjects", [["name", "ap-southeast-3"]])
    project = seed.project_named("ap-southeast-3")
    assert project is not None
    assert (listed["operation"], listed["project_id"]) == ("ListImages", project.id)


def test_a_sub_project_is_a_world_of_its_own(emulator: Emulator) -> None:
    build = sdk.ims(emulator, NORTH, project=seed.CN_NORTH_4_BUILD)
    own = build.list_images(ims_v2.ListImagesRequest(owner=seed.CN_NORTH_4_BUILD.id)).images
    assert [image.name for image in own] == ["ci-runner"]


def test_projects_regions_and_accounts_are_listed(iam: t.Any) -> None:
    projects = iam.keystone_list_auth_projects(iam_v3.KeystoneListAuthProjectsRequest()).projects
    assert {project.name for project in projects} >= {NORTH, SOUTH, "cn-south-1_apps", "eu-west-101"}
    [north] = iam.keystone_list_projects(iam_v3.KeystoneListProjectsRequest(name=NORTH)).projects
    assert (north.id, north.name, north.domain_id) == (seed.CN_NORTH_4.id, NORTH, seed.DOMAIN_ID)
    regions = iam.keystone_list_regions(iam_v3.KeystoneListRegionsRequest()).regions
    assert {region.id for region in regions} == set(seed.REGIONS)
    [account] = iam.keystone_list_auth_domains(iam_v3.KeystoneListAuthDomainsRequest()).domains
    assert (account.id, account.name) == (seed.DOMAIN_ID, seed.ACCOUNT)


def test_an_agency_that_trusts_the_account_is_assumed(emulator: Emulator) -> None:
    role = iam_v3.IdentityAssumerole(agency_name="image_movers", domain_name=seed.ACCOUNT, duration_seconds=900)
    identity = iam_v3.AgencyAuthIdentity(methods=["assume_role"], assume_role=role)
    body = iam_v3.CreateTemporaryAccessKeyByAgencyRequestBody(auth=iam_v3.AgencyAuth(identity=identity))
    request = iam_v3.CreateTemporaryAccessKeyByAgencyRequest(body=body)
    given = sdk.iam(emulator, seed.VISITOR_KEY).create_temporary_access_key_by_agency(request).credential

    key = seed.AccessKey(given.access, given.secret, "image_movers", given.securitytoken)
    [account] = sdk.iam(emulator, key).keystone_list_auth_domains(iam_v3.KeystoneListAuthDomainsRequest()).domains
    assert account.name == seed.ACCOUNT
    assert sdk.ims(emulator, NORTH, key).list_images(ims_v2.ListImagesRequest()).images


def test_agencies_and_their_roles_are_listed(iam: t.Any) -> None:
    request = iam_v3.ListAgenciesRequest(domain_id=seed.DOMAIN_ID, name="ims_south_only")
    [agency] = iam.list_agencies(request).agencies
    assert agency.trust_domain_name == "op_svc_ims"

    def roles_in(project: seed.Project) -> list[str]:
        wanted = iam_v3.ListProjectPermissionsForAgencyRequest(agency_id=agency.id, project_id=project.id)
        return [role.display_name for role in iam.list_project_permissions_for_agency(wanted).roles]

    assert roles_in(seed.CN_SOUTH_1) == ["IMS Administrator"]
    assert roles_in(seed.CN_SOUTH_1_APPS) == []


def test_roles_by_all_resources_are_listed_apart(iam: t.Any) -> None:
    agency = seed.AGENCIES["ims_inherited"]
    wanted = iam_v3.ListAllProjectsPermissionsForAgencyRequest(agency_id=agency.id, domain_id=seed.DOMAIN_ID)
    assert [role.name for role in iam.list_all_projects_permissions_for_agency(wanted).roles] == ["ims_adm"]
    of_domain = iam_v3.ListDomainPermissionsForAgencyRequest(agency_id=agency.id, domain_id=seed.DOMAIN_ID)
    assert iam.list_domain_permissions_for_agency(of_domain).roles == []


def test_a_password_gives_a_token_of_a_project(iam: t.Any) -> None:
    user = iam_v3.PwdPasswordUser(
        name="operator", password=seed.OPERATOR.password, domain=iam_v3.PwdPasswordUserDomain(name=seed.ACCOUNT)
    )
    identity = iam_v3.PwdIdentity(methods=["password"], password=iam_v3.PwdPassword(user=user))
    scope = iam_v3.AuthScope(project=iam_v3.AuthScopeProject(name=SOUTH))
    body = iam_v3.KeystoneCreateUserTokenByPasswordRequestBody(auth=iam_v3.PwdAuth(identity=identity, scope=scope))
    reply = iam.keystone_create_user_token_by_password(
        iam_v3.KeystoneCreateUserTokenByPasswordRequest(body=body, nocatalog="true")
    )
    assert reply.x_subject_token
    assert reply.token.project.id == seed.CN_SOUTH_1.id


def test_the_sdk_reads_a_refusal_of_ims(north: t.Any) -> None:
    with pytest.raises(ClientRequestException) as refused:
        copy(north, seed_images.ENCRYPTED_VAULT)
    assert (refused.value.status_code, refused.value.error_code) == (400, "IMG.0143")
    assert refused.value.error_msg
    assert len(refused.value.request_id) == 32


def test_the_sdk_reads_a_refusal_of_the_gateway(emulator: Emulator) -> None:
    wrong = seed.AccessKey(seed.OPERATOR_KEY.access, "SkOfSomebodyElse", "operator")
    with pytest.raises(ClientRequestException) as refused:
        sdk.ims(emulator, NORTH, wrong, seed.CN_NORTH_4).list_images(ims_v2.ListImagesRequest())
    assert (refused.value.status_code, refused.value.error_code) == (401, "APIGW.0301")


def test_the_sdk_reads_a_refusal_of_iam(emulator: Emulator) -> None:
    with pytest.raises(ClientRequestException) as refused:
        sdk.iam(emulator, seed.LIMITED_KEY).keystone_list_regions(iam_v3.KeystoneListRegionsRequest())
    assert (refused.value.status_code, refused.value.error_code) == (403, 403)


def test_the_sdk_reads_a_scripted_outage(emulator: Emulator, north: t.Any) -> None:
    emulator.fault(operation="ListImages", do="respond", status=503, body={"error_code": "X.1", "error_msg": "down"})
    with pytest.raises(ServerResponseException) as refused:
        north.list_images(ims_v2.ListImagesRequest())
    assert (refused.value.status_code, refused.value.error_code) == (503, "X.1")
