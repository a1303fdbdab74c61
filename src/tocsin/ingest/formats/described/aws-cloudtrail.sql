-- SPDX-License-Identifier: Apache-2.0
-- aws-cloudtrail: what the names of AWS's operations ask for, and whether they were granted.
-- reads   found
-- gives   found with `action` and `outcome`
-- binds   (none)

select
    *,
    case
        when name in ('ConsoleLogin', 'UserAuthentication') then
            case
                when error is not null or coalesce(console, 'Success') = 'Failure' then 'login_failed'
                else 'login'
            end
        when name in ('AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity') then
            case when error is null then 'login' else 'login_failed' end
        when service = 's3.amazonaws.com' then
            case
                when name in ('GetObject', 'GetObjectTorrent') then 'download'
                when name in ('HeadObject', 'SelectObjectContent') then 'read'
                when name in ('ListObjects', 'ListObjectsV2', 'ListObjectVersions', 'ListBuckets', 'HeadBucket') then 'list'
                when name in ('PutObject', 'PostObject', 'UploadPart', 'CompleteMultipartUpload') then 'upload'
                when name in ('CopyObject', 'UploadPartCopy') then 'create'
                when name in ('DeleteObject', 'DeleteObjects') then 'delete'
                when name in ('PutBucketPolicy', 'PutBucketAcl', 'PutObjectAcl', 'PutBucketPublicAccessBlock',
                    'DeleteBucketPublicAccessBlock', 'PutBucketReplication') then 'share'
                when name similar to '(Put|Create|Delete)Bucket.*' then 'admin'
                else 'other'
            end
        when name in ('ModifySnapshotAttribute', 'ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute',
            'ModifyImageAttribute') then 'share'
        when name in ('StartExportTask', 'ExportTableToPointInTime', 'CreateInstanceExportTask') then 'export'
        when service in ('dynamodb.amazonaws.com', 'athena.amazonaws.com', 'rds-data.amazonaws.com',
            'medical-imaging.amazonaws.com', 'healthlake.amazonaws.com')
         and name in ('Query', 'Scan', 'ExecuteStatement', 'BatchExecuteStatement', 'StartQueryExecution', 'SearchWithGet',
            'SearchWithPost', 'SearchImageSets') then 'search'
        when name in ('GetItem', 'BatchGetItem', 'TransactGetItems', 'GetQueryResults', 'ReadResource', 'GetImageSet',
            'GetImageFrame', 'GetSecretValue') then 'read'
        when reads_only = 'true' and name similar to '(List|Describe).*' then 'list'
        when reads_only = 'false' then 'admin'
        else 'other'
    end as action,
    case
        when error is not null or console = 'Failure' then 'failure'
        else 'success'
    end as outcome
from found
